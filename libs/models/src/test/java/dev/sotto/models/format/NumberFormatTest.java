package dev.sotto.models.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each layout against blocks that were packed here from numbers that are known. */
class NumberFormatTest {
  private static final long SEED = 20261123;
  private static final int BLOCKS = 200;

  private final Random random = new Random(SEED);

  @Test
  void plainFormatsWidenExactly() {
    for (int i = 0; i < 1000; i++) {
      float f = random.nextFloat() * 8 - 4;
      assertThat(one(NumberFormat.F32, new GgufWriter.Bytes().i32(Float.floatToRawIntBits(f))))
          .isEqualTo(f);
      float half = Float.float16ToFloat(Float.floatToFloat16(f));
      assertThat(one(NumberFormat.F16, new GgufWriter.Bytes().half(f))).isEqualTo(half);
      float brain = Float.intBitsToFloat(Float.floatToRawIntBits(f) & 0xffff0000);
      assertThat(
              one(NumberFormat.BF16, new GgufWriter.Bytes().i16(Float.floatToRawIntBits(f) >> 16)))
          .isEqualTo(brain);
    }
  }

  private static float one(NumberFormat format, GgufWriter.Bytes bytes) {
    float[] out = new float[1];
    format.decode(bytes.bytes(), 0, out, 0);
    return out[0];
  }

  @Test
  void q8_0() {
    for (int n = 0; n < BLOCKS; n++) {
      float d = half();
      int[] q = IntStream.range(0, 32).map(i -> random.nextInt(-128, 128)).toArray();
      GgufWriter.Bytes bytes = new GgufWriter.Bytes().half(d);
      for (int v : q) {
        bytes.i8(v);
      }
      check(NumberFormat.Q8_0, bytes, i -> (double) d * q[i]);
    }
  }

  @Test
  void q4_0() {
    for (int n = 0; n < BLOCKS; n++) {
      float d = half();
      int[] q = nibbles(32);
      check(
          NumberFormat.Q4_0,
          pairs(new GgufWriter.Bytes().half(d), q),
          i -> (double) d * (q[i] - 8));
    }
  }

  @Test
  void q4_1() {
    for (int n = 0; n < BLOCKS; n++) {
      float d = half();
      float m = half();
      int[] q = nibbles(32);
      check(
          NumberFormat.Q4_1,
          pairs(new GgufWriter.Bytes().half(d).half(m), q),
          i -> (double) d * q[i] + m);
    }
  }

  private static GgufWriter.Bytes pairs(GgufWriter.Bytes out, int[] q) {
    for (int i = 0; i < 16; i++) {
      out.i8(q[i] | (q[i + 16] << 4));
    }
    return out;
  }

  @Test
  void q4_K() {
    for (int n = 0; n < BLOCKS; n++) {
      float d = half();
      float dmin = half();
      int[] scale = IntStream.range(0, 8).map(i -> random.nextInt(64)).toArray();
      int[] min = IntStream.range(0, 8).map(i -> random.nextInt(64)).toArray();
      int[] q = nibbles(256);
      GgufWriter.Bytes bytes = new GgufWriter.Bytes().half(d).half(dmin);
      // Four scales with the high bits of the next four on top, four minima likewise, then the low
      // nibbles of the next.
      for (int i = 0; i < 4; i++) {
        bytes.i8(scale[i] | ((scale[i + 4] >> 4) << 6));
      }
      for (int i = 0; i < 4; i++) {
        bytes.i8(min[i] | ((min[i + 4] >> 4) << 6));
      }
      for (int i = 4; i < 8; i++) {
        bytes.i8((scale[i] & 15) | ((min[i] & 15) << 4));
      }
      // Each run of 64 numbers shares 32 bytes: low nibbles the first half, high nibbles the
      // second.
      for (int run = 0; run < 4; run++) {
        for (int i = 0; i < 32; i++) {
          bytes.i8(q[64 * run + i] | (q[64 * run + 32 + i] << 4));
        }
      }
      check(
          NumberFormat.Q4_K,
          bytes,
          i -> (double) d * scale[i / 32] * q[i] - (double) dmin * min[i / 32]);
    }
  }

  @Test
  void q6_K() {
    for (int n = 0; n < BLOCKS; n++) {
      float d = half();
      int[] scale = IntStream.range(0, 16).map(i -> random.nextInt(-128, 128)).toArray();
      int[] q = IntStream.range(0, 256).map(i -> random.nextInt(64)).toArray();
      byte[] low = new byte[128];
      byte[] high = new byte[64];
      // Number 32·k + l of each half of 128: its nibble at 32·(k mod 2) + l, its two bits at l,
      // shifted by 2·k.
      for (int i = 0; i < 256; i++) {
        int half = i / 128;
        int k = i % 128 / 32;
        int l = i % 32;
        low[64 * half + 32 * (k % 2) + l] |= (byte) ((q[i] & 15) << (4 * (k / 2)));
        high[32 * half + l] |= (byte) (q[i] >> 4 << (2 * k));
      }
      GgufWriter.Bytes bytes = new GgufWriter.Bytes().raw(low).raw(high);
      for (int s : scale) {
        bytes.i8(s);
      }
      check(NumberFormat.Q6_K, bytes.half(d), i -> (double) d * scale[i / 16] * (q[i] - 32));
    }
  }

  private void check(
      NumberFormat format,
      GgufWriter.Bytes packed,
      java.util.function.IntToDoubleFunction expected) {
    byte[] block = packed.bytes();
    assertThat(block).hasSize(format.blockBytes);
    // Decoded in the middle of larger arrays: neighbours must stay as they are.
    byte[] in = new byte[block.length + 7];
    System.arraycopy(block, 0, in, 3, block.length);
    float[] out = new float[format.blockElements + 2];
    out[0] = out[out.length - 1] = Float.MAX_VALUE;
    format.decode(in, 3, out, 1);
    assertThat(out[0]).isEqualTo(Float.MAX_VALUE);
    assertThat(out[out.length - 1]).isEqualTo(Float.MAX_VALUE);
    for (int i = 0; i < format.blockElements; i++) {
      double e = expected.applyAsDouble(i);
      assertThat((double) out[i + 1])
          .isCloseTo(e, org.assertj.core.api.Assertions.within(1e-3 + Math.abs(e) * 1e-6));
    }
  }

  private float half() {
    return Float.float16ToFloat(Float.floatToFloat16(random.nextFloat() - 0.5f));
  }

  private int[] nibbles(int count) {
    return IntStream.range(0, count).map(i -> random.nextInt(16)).toArray();
  }
}
