package dev.sotto.models.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * How numbers lie in a tensor's bytes: in blocks of {@link #blockElements} numbers and {@link
 * #blockBytes} bytes. The quantised layouts are those of ggml ({@code ggml-quants.c}); F16 scales
 * widen exactly.
 */
enum NumberFormat {
  F32(0, 1, 4) {
    @Override
    void decode(byte[] in, int at, float[] out, int to) {
      out[to] = Float.intBitsToFloat((int) INT.get(in, at));
    }

    @Override
    void decodeRow(byte[] in, int blocks, float[] out, int to) {
      for (int i = 0; i < blocks; i++) {
        out[to + i] = Float.intBitsToFloat((int) INT.get(in, 4 * i));
      }
    }
  },
  F16(1, 1, 2) {
    @Override
    void decode(byte[] in, int at, float[] out, int to) {
      out[to] = half(in, at);
    }

    @Override
    void decodeRow(byte[] in, int blocks, float[] out, int to) {
      for (int i = 0; i < blocks; i++) {
        out[to + i] = half(in, 2 * i);
      }
    }
  },
  BF16(30, 1, 2) {
    @Override
    void decode(byte[] in, int at, float[] out, int to) {
      out[to] = Float.intBitsToFloat((short) SHORT.get(in, at) << 16);
    }

    @Override
    void decodeRow(byte[] in, int blocks, float[] out, int to) {
      for (int i = 0; i < blocks; i++) {
        out[to + i] = Float.intBitsToFloat((short) SHORT.get(in, 2 * i) << 16);
      }
    }
  },
  /** x = d·q; d F16, q 32 signed bytes. */
  Q8_0(8, 32, 34) {
    @Override
    void decode(byte[] in, int at, float[] out, int to) {
      float d = half(in, at);
      for (int i = 0; i < 32; i++) {
        out[to + i] = d * in[at + 2 + i];
      }
    }
  },
  /** x = d·(q − 8); low nibbles are the first half of the block, high nibbles the second. */
  Q4_0(2, 32, 18) {
    @Override
    void decode(byte[] in, int at, float[] out, int to) {
      float d = half(in, at);
      for (int i = 0; i < 16; i++) {
        int q = in[at + 2 + i];
        out[to + i] = d * ((q & 15) - 8);
        out[to + 16 + i] = d * ((q >> 4 & 15) - 8);
      }
    }
  },
  /** x = d·q + m, nibbles as in Q4_0. */
  Q4_1(3, 32, 20) {
    @Override
    void decode(byte[] in, int at, float[] out, int to) {
      float d = half(in, at);
      float m = half(in, at + 2);
      for (int i = 0; i < 16; i++) {
        int q = in[at + 4 + i];
        out[to + i] = d * (q & 15) + m;
        out[to + 16 + i] = d * (q >> 4 & 15) + m;
      }
    }
  },
  /**
   * Eight sub-blocks of 32: x = d·scale·q − dmin·min, scales and minima of six bits packed in
   * twelve bytes.
   */
  Q4_K(12, 256, 144) {
    @Override
    void decode(byte[] in, int at, float[] out, int to) {
      float d = half(in, at);
      float dmin = half(in, at + 2);
      for (int s = 0; s < 8; s++) {
        int scale;
        int min;
        if (s < 4) {
          scale = in[at + 4 + s] & 63;
          min = in[at + 8 + s] & 63;
        } else {
          scale = (in[at + 8 + s] & 15) | ((in[at + s] >> 6) & 3) << 4;
          min = ((in[at + 8 + s] >> 4) & 15) | ((in[at + 4 + s] >> 6) & 3) << 4;
        }
        float a = d * scale;
        float b = dmin * min;
        int quants = at + 16 + 32 * (s / 2);
        int shift = 4 * (s & 1);
        for (int i = 0; i < 32; i++) {
          out[to + 32 * s + i] = a * (in[quants + i] >> shift & 15) - b;
        }
      }
    }
  },
  /**
   * Sixteen sub-blocks of 16: x = d·scale·(q − 32), q of six bits, four in {@code ql} and two in
   * {@code qh}.
   */
  Q6_K(14, 256, 210) {
    @Override
    void decode(byte[] in, int at, float[] out, int to) {
      float d = half(in, at + 208);
      for (int half = 0; half < 2; half++) {
        int low = at + 64 * half;
        int high = at + 128 + 32 * half;
        for (int part = 0; part < 4; part++) {
          for (int i = 0; i < 32; i++) {
            int ql = (in[low + 32 * (part & 1) + i] >> (4 * (part >> 1))) & 15;
            int qh = (in[high + i] >> (2 * part)) & 3;
            int scale = in[at + 192 + 8 * half + 2 * part + i / 16];
            out[to + 128 * half + 32 * part + i] = d * scale * ((ql | (qh << 4)) - 32);
          }
        }
      }
    }
  };

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** ggml's number of this type. */
  final int ggml;

  final int blockElements;
  final int blockBytes;

  NumberFormat(int ggml, int blockElements, int blockBytes) {
    this.ggml = ggml;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** Decodes one block from {@code in[at …]} into {@code out[to …]}. */
  abstract void decode(byte[] in, int at, float[] out, int to);

  /**
   * Decodes {@code blocks} blocks from the beginning of {@code in}. Plain numbers have their own
   * loops, for speed.
   */
  void decodeRow(byte[] in, int blocks, float[] out, int to) {
    for (int b = 0; b < blocks; b++) {
      decode(in, b * blockBytes, out, to + b * blockElements);
    }
  }

  private static float half(byte[] in, int at) {
    return Float.float16ToFloat((short) SHORT.get(in, at));
  }
}
