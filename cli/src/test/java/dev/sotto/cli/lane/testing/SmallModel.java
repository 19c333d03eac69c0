package dev.sotto.cli.lane.testing;

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
import dev.sotto.nn.ClearModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;

/** A model of two layers and its shards, made once for all tests of this process. */
public final class SmallModel {
  public static final int VOCAB = 300;
  public static final long SEED = 7;

  private static final Path FOLDER = make();
  private static final ShardSet SHARDS = cut();

  private SmallModel() {}

  private static Path make() {
    try {
      Path folder = Files.createTempDirectory("sotto-small-");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      MadeUpModel.small(SEED).write(folder.resolve("small"));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ShardSet cut() {
    try (HubModel source = HubModel.open(folder())) {
      return new ShardCutter(new SecureRandom())
          .cut(
              source,
              new CutRequest(FOLDER.resolve("shards"), "test", 1, PrecisionProfile.MIXED),
              new byte[0],
              ShardProgress.NONE);
    }
  }

  /** The model in the publisher's hands. */
  public static Path folder() {
    return FOLDER.resolve("small");
  }

  /** The shards of one stage. */
  public static ShardSet shards() {
    return SHARDS;
  }

  /** The oracle. */
  public static ClearModel clear() {
    try (HubModel source = HubModel.open(folder())) {
      return ClearWeights.load(source);
    }
  }

  /** A prompt of random tokens. */
  public static int[] prompt(long seed, int tokens) {
    return new Random(seed).ints(tokens, 0, VOCAB).toArray();
  }

  /** A folder that goes when this process does. */
  public static Path fresh(String name) {
    try {
      return Files.createTempDirectory(FOLDER, name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** That logits under sharing are those in the clear. */
  public static void assertClose(float[] got, float[] want) {
    assertThat(got).hasSize(want.length);
    for (int i = 0; i < want.length; i++) {
      assertThat(got[i]).as("logit %d", i).isCloseTo(want[i], offset(0.05f));
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(p);
      }
    } catch (IOException e) {
      // The system's own cleaning of its folder for such files takes what is left.
    }
  }
}
