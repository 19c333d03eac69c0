package dev.sotto.models.shard;

import dev.sotto.models.TensorSource;
import dev.sotto.ring.Prg;
import dev.sotto.ring.Words;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;

/** What tests of shards do again and again. */
final class Cuts {
  static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt NARROW =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final byte[] CALIBRATION = "ranges of every wire".getBytes(StandardCharsets.UTF_8);

  private Cuts() {}

  /** Seeds that a test can repeat. */
  static SecureRandom seeded(long seed) {
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      random.setSeed(seed);
      return random;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static CutRequest into(Path folder, int stages) {
    return new CutRequest(folder, "lane-a", stages, PrecisionProfile.MIXED);
  }

  static ShardSet cut(TensorSource model, Path folder, int stages, long seed) {
    return new ShardCutter(seeded(seed))
        .cut(model, into(folder, stages), CALIBRATION, ShardProgress.NONE);
  }

  static Shard open(ShardSet set, ShardRole role, int stage) {
    return Shard.open(set.file(role, stage), role);
  }

  /** All words that a role stores of a matrix, in panel order; narrow ones as they are. */
  static long[] stored(Shard shard, String matrix) {
    if (shard.shape(matrix).form() == MatrixForm.PANELS) {
      return shard.words(matrix).toArray(WORD);
    }
    int[] words = shard.words(matrix).toArray(NARROW);
    return Arrays.stream(words).mapToLong(Integer::toUnsignedLong).toArray();
  }

  /** Words of a matrix's ring. */
  static long[] reduced(MatrixShape shape, long[] words) {
    int bits = 8 * shape.form().wordBytes();
    return Arrays.stream(words).map(w -> Words.signed(w, bits)).toArray();
  }

  /** The whole pad under a seed, in panel order. */
  static long[] pad(byte[] seed, MatrixShape shape) {
    Prg prg = new Prg(seed);
    long[] pad = new long[(int) shape.words()];
    for (int panel = 0; panel < shape.panels(); panel++) {
      int from = (int) (panel * shape.panelWords());
      shape.fillPad(prg, panel, 0, shape.lines(), pad, from);
    }
    return pad;
  }

  static long[] plus(long[] a, long[] b) {
    long[] sum = new long[a.length];
    for (int i = 0; i < a.length; i++) {
      sum[i] = a[i] + b[i];
    }
    return sum;
  }

  static long[] minus(long[] a, long[] b) {
    long[] difference = new long[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }
}
