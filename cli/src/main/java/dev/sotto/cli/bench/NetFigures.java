package dev.sotto.cli.bench;

import dev.sotto.client.lane.LaneJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The real thing over slower networks: three processes and the caller, whose links go through
 * relays. The prompt is read without delay, and so are the correlations that the dealer has sent by
 * then: a token's own are dealt while its rounds wait.
 */
final class NetFigures implements Measurement {
  private static final int PROMPT = 128;
  private static final int WARM_STEPS = 8;

  /** Steps of which the median is told: fewer where each takes long. */
  private static int steps(Net net) {
    return switch (net) {
      case LAN -> 32;
      case METRO -> 16;
      case WAN -> 5;
    };
  }

  private static String name(Net net) {
    return "net." + net.label();
  }

  @Override
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (Net net : Net.values()) {
      entries.add(
          new Entry(
              name(net),
              "a token with 128 and more cached, all links at %s; median of %d steps; three processes"
                  .formatted(net.about(), steps(net))));
      entries.add(
          new Entry(
              name(net) + ".one_way",
              "that delay as a few bytes met it, median of halves of round trips"));
    }
    return entries;
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    try (RelayedNet relays = new RelayedNet();
        BenchLane lane = BenchLane.start(setting, relays)) {
      SplittableRandom random = new SplittableRandom(setting.seed());
      setting.progress().accept("warming up three processes behind relays");
      LaneRun.of(lane, random, PROMPT, WARM_STEPS);
      for (Net net : Net.values()) {
        if (setting.wanted().test(name(net)) || setting.wanted().test(name(net) + ".one_way")) {
          measure(setting, net, relays, lane, random, figures);
        }
      }
    }
  }

  private static void measure(
      Setting setting,
      Net net,
      RelayedNet relays,
      BenchLane lane,
      SplittableRandom random,
      Consumer<Figure> figures)
      throws IOException {
    double[] seconds = new double[steps(net)];
    Runs oneWay;
    try (LaneJob job = lane.open(PROMPT, seconds.length + 1)) {
      job.next(lane.tokens(random, PROMPT));
      relays.become(net);
      oneWay = relays.oneWay();
      for (int i = 0; i < seconds.length; i++) {
        setting.progress().accept("%s, step %d of %d".formatted(name(net), i + 1, seconds.length));
        long from = System.nanoTime();
        job.next(lane.tokens(random, 1));
        seconds[i] = (System.nanoTime() - from) / 1e9;
      }
    } finally {
      relays.become(null);
    }
    figures.accept(Figure.of(name(net), Runs.of(seconds), "s"));
    figures.accept(Figure.of(name(net) + ".one_way", oneWay, "s"));
  }
}
