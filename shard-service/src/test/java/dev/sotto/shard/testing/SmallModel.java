package dev.sotto.shard.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.sotto.models.ClearWeights;
import dev.sotto.models.MadeUpModel;
import dev.sotto.models.format.HubModel;
import dev.sotto.models.shard.CutRequest;
import dev.sotto.models.shard.PrecisionProfile;
import dev.sotto.models.shard.ShardCutter;
import dev.sotto.models.shard.ShardProgress;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.nn.ClearRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Random;

/** A made-up model of two layers, cut once for all tests of this process. */
public final class SmallModel {
  public static final int VOCAB = 300;

  private static final Path FOLDER = make();
  private static final ShardSet WHOLE = cut("whole", 1);
  private static final ShardSet HALVES = cut("halves", 2);

  private SmallModel() {}

  private static Path make() {
    try {
      Path folder = Files.createDirectories(Path.of("target", "small").toAbsolutePath());
      Path fresh = Files.createTempDirectory(folder, "model-");
      MadeUpModel.small(7).write(fresh.resolve("small"));
      return fresh;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ShardSet cut(String name, int stages) {
    try (HubModel source = HubModel.open(FOLDER.resolve("small"))) {
      return new ShardCutter(new SecureRandom())
          .cut(
              source,
              new CutRequest(FOLDER.resolve(name), "test", stages, PrecisionProfile.WIDE),
              new byte[0],
              ShardProgress.NONE);
    }
  }

  /** Its shards, of one stage or of two. */
  public static ShardSet shards(int stages) {
    return stages == 1 ? WHOLE : HALVES;
  }

  /** A prompt of random tokens. */
  public static int[] prompt(long seed, int tokens) {
    return new Random(seed).ints(tokens, 0, VOCAB).toArray();
  }

  /** The model in the clear, without a token yet. */
  public static ClearRun clear() {
    try (HubModel source = HubModel.open(FOLDER.resolve("small"))) {
      return ClearWeights.load(source).start();
    }
  }

  /** That logits under sharing are those in the clear. */
  public static void assertClose(float[] got, float[] want) {
    assertThat(got).hasSize(want.length);
    for (int i = 0; i < want.length; i++) {
      assertThat(got[i]).as("logit %d", i).isCloseTo(want[i], offset(0.05f));
    }
  }
}
