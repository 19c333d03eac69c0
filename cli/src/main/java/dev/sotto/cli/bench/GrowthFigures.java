package dev.sotto.cli.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * How a decoded token grows with the model's layers and with what is cached: the model's own first
 * blocks, seats in one process. Both are to be straight lines.
 */
final class GrowthFigures implements Measurement {
  private static final int[] LAYERS = {1, 2, 5, 10, 20, 30};
  private static final int[] CACHED = {128, 256, 512, 1024};
  private static final int CACHED_AT_LAYERS = 128;
  private static final int LAYERS_AT_CACHED = 5;
  private static final int MOST_RUNS = 7; // more would fill the caches beyond the next stop
  private static final String OF_LAYERS = "growth.layers.";
  private static final String OF_CACHED = "growth.cached.";
  private static final String TIME = ".decode";
  private static final String BYTES = ".bytes";

  @Override
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (int layers : LAYERS) {
      entries.add(
          new Entry(
              OF_LAYERS + layers + TIME,
              "%d of the model's blocks, a token with %d and more cached, mean over %d; seats in one process"
                  .formatted(layers, CACHED_AT_LAYERS, BlockRun.STOCK)));
      entries.add(new Entry(OF_LAYERS + layers + BYTES, "payload of that token over all links"));
    }
    for (int cached : CACHED) {
      entries.add(
          new Entry(
              OF_CACHED + cached + TIME,
              "%d blocks, a token with %,d and more cached, mean over %d; seats in one process"
                  .formatted(LAYERS_AT_CACHED, cached, BlockRun.STOCK)));
      entries.add(new Entry(OF_CACHED + cached + BYTES, "payload of that token over all links"));
    }
    for (String of : List.of(OF_LAYERS, OF_CACHED)) {
      for (String what : List.of(TIME, BYTES)) {
        entries.add(
            new Entry(
                of + "line" + what,
                "how much of that growth a straight line explains (R²); 1 is all"));
      }
    }
    return entries;
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    try (OpenShards shards = new OpenShards(setting.subject().shards())) {
      int own = shards.layers();
      int[] cached =
          Arrays.stream(CACHED).filter(n -> n + stocks(setting) <= shards.context()).toArray();
      List<Figure> told = new ArrayList<>();
      Consumer<Figure> tell =
          figure -> {
            told.add(figure);
            figures.accept(figure);
          };
      setting.progress().accept("warming up blocks");
      int[] warm = BlockRun.steps(CACHED_AT_LAYERS, 2 * BlockRun.STOCK);
      BlockRun.of(shards, Math.min(own, LAYERS_AT_CACHED), setting.seed(), setting.kernels(), warm);
      for (int layers : LAYERS) {
        if (layers <= own && wanted(setting, OF_LAYERS + layers, OF_LAYERS + "line")) {
          setting.progress().accept("decoding through %d blocks".formatted(layers));
          measure(setting, shards, layers, OF_LAYERS, new int[] {CACHED_AT_LAYERS}, layers, tell);
        }
      }
      boolean any =
          Arrays.stream(cached).anyMatch(n -> wanted(setting, OF_CACHED + n, OF_CACHED + "line"));
      if (any && own >= LAYERS_AT_CACHED) {
        setting.progress().accept("decoding with up to 1,024 cached");
        measure(setting, shards, LAYERS_AT_CACHED, OF_CACHED, cached, 0, tell);
      }
      for (String of : List.of(OF_LAYERS, OF_CACHED)) {
        for (String what : List.of(TIME, BYTES)) {
          List<LinePlot.Point> points = points(told, of, what);
          if (points.size() > 2) {
            figures.accept(
                Figure.of(of + "line" + what, LinePlot.Line.of(points).explained(), "1"));
          }
        }
      }
    }
  }

  /** Decoded tokens at each stop. */
  private static int stocks(Setting setting) {
    return BlockRun.STOCK * Math.min(setting.modelRuns(), MOST_RUNS);
  }

  private static boolean wanted(Setting setting, String... names) {
    for (String name : names) {
      if (setting.wanted().test(name + TIME) || setting.wanted().test(name + BYTES)) {
        return true;
      }
    }
    return false;
  }

  /**
   * One job that stops at each of {@code stops} to decode.
   *
   * @param label what the figures are called by; 0 if by the stop
   */
  private static void measure(
      Setting setting,
      OpenShards shards,
      int layers,
      String of,
      int[] stops,
      int label,
      Consumer<Figure> figures) {
    int single = stocks(setting);
    List<Integer> all = new ArrayList<>();
    int[] first = new int[stops.length];
    int cached = 0;
    for (int i = 0; i < stops.length; i++) {
      for (int step : BlockRun.after(cached, stops[i], single)) {
        all.add(step);
      }
      cached = stops[i] + single;
      first[i] = all.size() - single;
    }
    int[] steps = all.stream().mapToInt(Integer::intValue).toArray();
    BlockRun run = BlockRun.of(shards, layers, setting.seed(), setting.kernels(), steps);
    for (int i = 0; i < stops.length; i++) {
      int to = first[i] + single;
      String name = of + (label == 0 ? stops[i] : label);
      double bytes = run.dealt(first[i], to) + run.between(first[i], to);
      figures.accept(Figure.of(name + TIME, run.stocks(first[i], single / BlockRun.STOCK), "s"));
      figures.accept(Figure.of(name + BYTES, bytes / single, "B"));
    }
  }

  /** Of figures, those that a line is drawn through, by how many layers or cached tokens. */
  private static List<LinePlot.Point> points(List<Figure> figures, String of, String what) {
    Map<Integer, LinePlot.Point> points = new TreeMap<>();
    for (Figure figure : figures) {
      String name = figure.name();
      if (name.startsWith(of) && name.endsWith(what) && !name.startsWith(of + "line")) {
        int at = Integer.parseInt(name.substring(of.length(), name.length() - what.length()));
        points.put(at, new LinePlot.Point(at, figure.value()));
      }
    }
    return List.copyOf(points.values());
  }

  /** Whether there is enough among these figures for {@link #svg}. */
  static boolean canBeDrawn(List<Figure> figures) {
    return points(figures, OF_LAYERS, TIME).size() > 1
        || points(figures, OF_CACHED, TIME).size() > 1;
  }

  /** Four plots of what was measured. */
  static String svg(List<Figure> figures) {
    String layers = "blocks (128 and more tokens cached)";
    String cached = "cached tokens (%d blocks)".formatted(LAYERS_AT_CACHED);
    return LinePlot.svg(
        "A decoded token: growth with layers and with cached tokens",
        List.of(
            new LinePlot("milliseconds a token", layers, scaled(figures, OF_LAYERS, TIME, 1e3)),
            new LinePlot("megabytes a token", layers, scaled(figures, OF_LAYERS, BYTES, 1e-6)),
            new LinePlot("milliseconds a token", cached, scaled(figures, OF_CACHED, TIME, 1e3)),
            new LinePlot("megabytes a token", cached, scaled(figures, OF_CACHED, BYTES, 1e-6))));
  }

  private static List<LinePlot.Point> scaled(
      List<Figure> figures, String of, String what, double by) {
    return points(figures, of, what).stream()
        .map(point -> new LinePlot.Point(point.x(), point.y() * by))
        .toList();
  }
}
