package dev.sotto.cli.bench;

import dev.sotto.ring.KernelChoice;
import dev.sotto.ring.Kernels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** All measurements, and the choice among them. */
public final class Bench {
  /** Runs of a kernel or protocol, where the caller does not say. */
  public static final int RUNS = 5;

  /** Runs of the model, where the caller does not say. */
  public static final int MODEL_RUNS = 5;

  private final MachineLimits limits;
  private final List<Measurement> measurements;
  private final Subject subject;
  private final int runs;
  private final int modelRuns;
  private final long seed;
  private final String provider;
  private final Consumer<String> progress;

  /**
   * A bench of one model.
   *
   * @param runs how often kernels and protocols are measured, at least 1
   * @param modelRuns how often the model is, at least 1
   * @param seed of all made-up inputs
   * @param provider what all roles compute with, one of {@link KernelChoice#NAMES}
   * @param progress hears what is being done
   */
  public Bench(
      Subject subject,
      int runs,
      int modelRuns,
      long seed,
      String provider,
      Consumer<String> progress) {
    if (runs < 1 || modelRuns < 1) {
      throw new IllegalArgumentException("runs must be 1 or more");
    }
    limits = new MachineLimits(Runtime.getRuntime().availableProcessors(), runs);
    this.subject = subject;
    this.runs = runs;
    this.modelRuns = modelRuns;
    this.seed = seed;
    this.provider = provider;
    this.progress = progress;
    measurements =
        List.of(
            limits,
            new KernelFigures(),
            new ProtocolFigures(),
            new BlockFigures(),
            new LaneFigures(),
            new LongFigures(),
            new BatchFigures(),
            new NetFigures(),
            new LlamaFigures(),
            new GrowthFigures(),
            new PartFigures(),
            new FidelityFigures(),
            new ApiFigures(),
            new LoadFigures());
  }

  /** Every figure that there is, in the order measured. */
  public List<Entry> entries() {
    return measurements.stream().flatMap(m -> m.entries().stream()).toList();
  }

  /** Whether {@code selection} is a figure's name or the beginning of one up to a dot. */
  public boolean knows(String selection) {
    return entries().stream().anyMatch(entry -> selects(selection, entry.name()));
  }

  private static boolean selects(String selection, String name) {
    return name.equals(selection) || name.startsWith(selection + ".");
  }

  /**
   * Measures the figures that are selected; what is measured together with them is left out.
   *
   * @param selections names or their beginnings up to a dot; none selects all
   * @param figures hears each figure as soon as it is there
   */
  public List<Figure> measure(List<String> selections, Consumer<Figure> figures)
      throws IOException {
    Predicate<String> wanted = name -> selected(selections, name);
    Kernels kernels = KernelChoice.of(provider).kernels();
    Setting setting =
        new Setting(subject, limits, runs, modelRuns, seed, kernels, wanted, progress);
    List<Figure> all = new ArrayList<>();
    for (Measurement measurement : measurements) {
      if (measurement.entries().stream().map(Entry::name).anyMatch(wanted)) {
        measurement.measure(
            setting,
            figure -> {
              if (wanted.test(figure.name())) {
                all.add(figure);
                figures.accept(figure);
              }
            });
      }
    }
    return all;
  }

  private static boolean selected(List<String> selections, String name) {
    return selections.isEmpty() || selections.stream().anyMatch(s -> selects(s, name));
  }

  /** Whether {@link #plots} has something to draw when these are selected. */
  public boolean draws(List<String> selections) {
    return new GrowthFigures()
        .entries().stream().anyMatch(entry -> selected(selections, entry.name()));
  }

  /**
   * How a token grows, as SVG; empty if too little of it was measured, as of a model of few layers.
   */
  public Optional<String> plots(List<Figure> figures) {
    return GrowthFigures.canBeDrawn(figures)
        ? Optional.of(GrowthFigures.svg(figures))
        : Optional.empty();
  }

  /** A bench's outcome for {@code --json}. */
  public Map<String, Object> facts(String model, Machine machine, List<Figure> figures) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("model", model);
    facts.put("machine", machine.facts());
    facts.put("seed", seed);
    facts.put("kernels", provider);
    facts.put("runs", runs);
    facts.put("model_runs", modelRuns);
    facts.put("figures", figures.stream().map(Bench::facts).toList());
    return facts;
  }

  private static Map<String, Object> facts(Figure figure) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", figure.name());
    facts.put("value", figure.value());
    facts.put("unit", figure.unit());
    facts.put("spread", figure.spread());
    facts.put("limit", figure.limit());
    facts.put("ratio", figure.ratio());
    facts.put("met", figure.met());
    return facts;
  }
}
