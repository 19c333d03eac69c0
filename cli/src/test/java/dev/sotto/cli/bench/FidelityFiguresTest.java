package dev.sotto.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.models.MadeUpModel;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.shard.CutRequest;
import dev.sotto.models.shard.PrecisionProfile;
import dev.sotto.models.shard.ShardCutter;
import dev.sotto.models.shard.ShardProgress;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.text.PublicPart;
import dev.sotto.ring.VectorKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two short answers of a model of random weights, whose logits are close all the same. */
class FidelityFiguresTest {
  @TempDir private Path folder;

  @Test
  void comparesEveryStep() throws IOException {
    Path model = folder.resolve("model");
    MadeUpModel.small(7).write(model);
    Map<String, Figure> figures = new HashMap<>();
    FidelityFigures fidelity = new FidelityFigures(List.of("one", "two words"), 3);
    Subject subject = new Cut(model, folder.resolve("shards"), folder.resolve("run"));
    fidelity.measure(
        new Setting(
            subject,
            new MachineLimits(1, 1),
            1,
            1,
            5,
            new VectorKernels(),
            name -> true,
            what -> {}),
        figure -> figures.put(figure.name(), figure));
    assertThat(figures.keySet())
        .containsExactlyInAnyOrderElementsOf(fidelity.entries().stream().map(Entry::name).toList());
    assertThat(figures.get("fidelity.steps"))
        .satisfies(steps -> assertThat(steps.value()).isBetween(2.0, 6.0));
    assertThat(figures.get("fidelity.max_logit_error"))
        .satisfies(
            error -> {
              assertThat(error.value()).isPositive().isLessThan(0.05);
              assertThat(error.met()).isTrue();
            });
    assertThat(figures.get("fidelity.kl"))
        .satisfies(kl -> assertThat(kl.value()).isBetween(0.0, 1e-4));
  }

  private record Cut(Path model, Path folder, Path runFolder) implements Subject {
    @Override
    public ShardSet shards() throws IOException {
      Files.createDirectories(folder);
      try (ModelFiles source = open()) {
        CutRequest request = new CutRequest(folder, "test", 1, PrecisionProfile.MIXED);
        return new ShardCutter(new SecureRandom())
            .cut(source, request, new byte[0], ShardProgress.NONE);
      }
    }

    @Override
    public PublicPart publicPart() throws IOException {
      try (ModelFiles source = open()) {
        return source.publicPart();
      }
    }

    @Override
    public RunningPlatform platform() {
      throw new UnsupportedOperationException("fidelity takes no platform");
    }

    @Override
    public RunningPlatform smallPlatform() {
      throw new UnsupportedOperationException("fidelity takes no platform");
    }

    @Override
    public ModelFiles open() throws IOException {
      return ModelFiles.open(model);
    }
  }
}
