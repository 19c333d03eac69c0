package dev.sotto.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sotto.models.MadeUpModel;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.text.PublicPart;
import dev.sotto.nn.ModelConfig;
import dev.sotto.ring.VectorKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures of one layer, of a shape that is small. */
class LlamaFiguresTest {
  private static final ModelConfig SMALL =
      new ModelConfig(
          "llama",
          1,
          64,
          4,
          2,
          16,
          96,
          MadeUpModel.LEAST_VOCAB,
          512,
          1e-5,
          500_000,
          new ModelConfig.RopeScaling(8, 1, 4, 8192),
          true);

  @TempDir private Path folder;

  @Test
  void oneLayerIsMeasuredAndLeavesNothing() throws IOException {
    Map<String, Figure> figures = new HashMap<>();
    LlamaFigures llama = new LlamaFigures(SMALL, 256);
    llama.measure(
        new Setting(
            new Folders(folder),
            new MachineLimits(1, 1),
            1,
            2,
            5,
            new VectorKernels(),
            name -> true,
            what -> {}),
        figure -> figures.put(figure.name(), figure));
    assertThat(figures.keySet())
        .containsExactlyInAnyOrderElementsOf(llama.entries().stream().map(Entry::name).toList());
    double rounds = value(figures, "llama8b.layer.prefill.rounds");
    assertThat(value(figures, "llama8b.layer.decode.rounds")).isBetween(rounds, rounds + 2);
    assertThat(value(figures, "llama8b.layer.memory.dealer.weights")).isZero();
    assertThat(value(figures, "llama8b.layer.memory.evaluator0.weights"))
        .isEqualTo(value(figures, "llama8b.layer.memory.evaluator1.weights"))
        .isPositive();
    double layer = value(figures, "llama8b.layer.decode");
    double delay = value(figures, "llama8b.layer.decode.rounds") * 20e-3;
    double bytes =
        value(figures, "llama8b.layer.decode.bytes.dealer")
            + value(figures, "llama8b.layer.decode.bytes.evaluators") / 2;
    assertThat(value(figures, "llama8b.model.decode.wan"))
        .isEqualTo(32 * (layer + delay + bytes / 25e6), within(1e-3));
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  private static double value(Map<String, Figure> figures, String name) {
    return Objects.requireNonNull(figures.get(name), name).value();
  }

  /** It takes a folder and nothing else. */
  private record Folders(Path folder) implements Subject {
    @Override
    public Path runFolder() throws IOException {
      return Files.createTempDirectory(folder, "run");
    }

    @Override
    public ShardSet shards() {
      throw new UnsupportedOperationException("the shape is made up");
    }

    @Override
    public PublicPart publicPart() {
      throw new UnsupportedOperationException("the shape is made up");
    }

    @Override
    public ModelFiles open() {
      throw new UnsupportedOperationException("the shape is made up");
    }

    @Override
    public RunningPlatform platform() {
      throw new UnsupportedOperationException("the shape is made up");
    }

    @Override
    public RunningPlatform smallPlatform() {
      throw new UnsupportedOperationException("the shape is made up");
    }
  }
}
