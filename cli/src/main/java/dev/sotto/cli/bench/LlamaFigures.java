package dev.sotto.cli.bench;

import dev.sotto.cli.lane.RunFolder;
import dev.sotto.models.MadeUpModel;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.shard.CutRequest;
import dev.sotto.models.shard.MatrixShape;
import dev.sotto.models.shard.PrecisionProfile;
import dev.sotto.models.shard.ShardCutter;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.models.shard.ShardProgress;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.mpc.Role;
import dev.sotto.nn.ModelConfig;
import dev.sotto.nn.ModelConfig.RopeScaling;
import dev.sotto.node.compute.StageWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One layer of Llama-3.1-8B's shape, weights made up, at three seats of this process; and what 32
 * of them would take over a network. Its two evaluators' shards, 1.75 GB each, lie in files of a
 * folder that goes when this is done, and are mapped as a node maps them; nobody holds them twice.
 */
final class LlamaFigures implements Measurement {
  private static final int CACHED = 1024;
  private static final int PROMPT = 128;
  private static final int LAYERS = 32;
  private static final List<Net> NETS = List.of(Net.LAN, Net.WAN);
  private static final List<String> PHASES = List.of("decode", "prefill");

  /** The shape, as a model of one layer and of few tokens: embedding and head are not measured. */
  private static final ModelConfig SHAPE =
      new ModelConfig(
          "llama",
          1,
          4096,
          32,
          8,
          128,
          14336,
          MadeUpModel.LEAST_VOCAB,
          131_072,
          1e-5,
          500_000,
          new RopeScaling(8, 1, 4, 8192),
          true);

  private final ModelConfig shape;
  private final int cached;

  /** The real shape. */
  LlamaFigures() {
    this(SHAPE, CACHED);
  }

  LlamaFigures(ModelConfig shape, int cached) {
    this.shape = shape;
    this.cached = cached;
  }

  @Override
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    entries.add(
        new Entry(
            "llama8b.layer.decode",
            "one layer of Llama-3.1-8B's shape, a token with 1,024 and more cached, mean over "
                + BlockRun.STOCK
                + "; three seats in one process"));
    entries.add(new Entry("llama8b.layer.prefill", "the same, a prompt of 128"));
    for (String phase : PHASES) {
      String name = "llama8b.layer." + phase;
      entries.add(new Entry(name + ".rounds", "its rounds"));
      entries.add(new Entry(name + ".bytes.dealer", "its bytes from the dealer, payload"));
      entries.add(new Entry(name + ".bytes.evaluators", "between evaluators, both directions"));
    }
    for (Role role : Role.values()) {
      String name = "llama8b.layer.memory." + PartFigures.label(role);
      entries.add(
          new Entry(name + ".weights", "weight shares of that role, mapped; the dealer has seeds"));
      entries.add(
          new Entry(
              name + ".kept",
              "heap that role holds between steps with 1,024 and more cached: keys and values,"
                  + " products of masks made ahead, its session's buffers"));
    }
    for (String phase : PHASES) {
      for (Net net : NETS) {
        entries.add(
            new Entry(
                "llama8b.model." + phase + "." + net.label(),
                ("derived: %d × (llama8b.layer.%s + rounds × delay + bytes that reach evaluator-1 ÷"
                        + " bandwidth) at %s; nothing overlaps, without embedding and head")
                    .formatted(LAYERS, phase, net.about())));
      }
    }
    return entries;
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    try (ScratchFolder scratch = new ScratchFolder(setting.subject().runFolder())) {
      setting.progress().accept("cutting a layer of Llama-3.1-8B's shape");
      ShardSet set = cut(scratch.path(), setting.seed());
      try (OpenShards shards = new OpenShards(set)) {
        measure(setting, shards, figures);
      }
      for (ShardHeader header : set.headers()) {
        String role = PartFigures.label(StageWeights.role(header.role()));
        long bytes =
            header.role().storesMatrices()
                ? header.shapes().stream().mapToLong(MatrixShape::bytes).sum()
                : 0;
        figures.accept(Figure.count("llama8b.layer.memory." + role + ".weights", bytes, "B"));
      }
    }
  }

  /** The model's file is gone before anything is measured. */
  private ShardSet cut(Path folder, long seed) throws IOException {
    Path model = folder.resolve("model");
    new MadeUpModel(shape, seed).write(model);
    CutRequest request =
        new CutRequest(
            Files.createDirectories(folder.resolve("shards")), "bench", 1, PrecisionProfile.MIXED);
    try (ModelFiles source = ModelFiles.open(model)) {
      return new ShardCutter(new SecureRandom())
          .cut(source, request, new byte[0], ShardProgress.NONE);
    } finally {
      RunFolder.delete(model);
    }
  }

  private void measure(Setting setting, OpenShards shards, Consumer<Figure> figures) {
    int runs = setting.modelRuns();
    double[] prefill = new double[runs];
    BlockRun prompt = null;
    for (int run = -1; run < runs; run++) {
      setting.progress().accept("a prompt of 128 through that layer");
      prompt = BlockRun.of(shards, 1, setting.seed() + run, setting.kernels(), PROMPT);
      if (run >= 0) {
        prefill[run] = prompt.seconds(0, 1);
      }
    }
    if (prompt == null) {
      throw new IllegalStateException("no prompt was run");
    }
    tell("prefill", Runs.of(prefill), prompt, 0, 1, 1, figures);
    prompt = null; // what it kept would count below
    setting.progress().accept("decoding through that layer");
    int[] steps = BlockRun.steps(cached, runs * BlockRun.STOCK);
    int first = steps.length - runs * BlockRun.STOCK;
    BlockRun decode = BlockRun.of(shards, 1, setting.seed() + runs, setting.kernels(), steps);
    Runs each = decode.stocks(first, runs);
    tell("decode", each, decode, first, steps.length, steps.length - first, figures);
    for (Map.Entry<Role, Long> kept : decode.keptBytes().entrySet()) {
      String role = PartFigures.label(kept.getKey());
      figures.accept(Figure.count("llama8b.layer.memory." + role + ".kept", kept.getValue(), "B"));
    }
  }

  private static void tell(
      String phase,
      Runs seconds,
      BlockRun run,
      int from,
      int to,
      int steps,
      Consumer<Figure> figures) {
    String name = "llama8b.layer." + phase;
    double rounds = (double) run.rounds(from, to) / steps;
    figures.accept(Figure.of(name, seconds, "s"));
    figures.accept(Figure.of(name + ".rounds", rounds, "1"));
    figures.accept(Figure.of(name + ".bytes.dealer", (double) run.dealt(from, to) / steps, "B"));
    figures.accept(
        Figure.of(name + ".bytes.evaluators", (double) run.between(from, to) / steps, "B"));
    double arriving = (double) run.arriving(from, to) / steps;
    for (Net net : NETS) {
      double layer = net.seconds(seconds.median(), rounds, arriving);
      figures.accept(Figure.of("llama8b.model." + phase + "." + net.label(), LAYERS * layer, "s"));
    }
  }
}
