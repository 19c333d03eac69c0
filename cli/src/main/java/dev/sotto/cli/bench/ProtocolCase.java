package dev.sotto.cli.bench;

import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.MaskedBits;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.WideMatrix;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.function.Activate;
import dev.sotto.mpc.function.Activation;
import dev.sotto.mpc.function.Attention;
import dev.sotto.mpc.function.HeadShape;
import dev.sotto.mpc.function.KeyValues;
import dev.sotto.mpc.function.LayerNorm;
import dev.sotto.mpc.function.RmsNorm;
import dev.sotto.mpc.function.Rope;
import dev.sotto.mpc.function.SiluTimesUp;
import dev.sotto.mpc.protocol.Diagonal;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.mpc.protocol.Extended;
import dev.sotto.mpc.protocol.Linear;
import dev.sotto.mpc.protocol.Multiply;
import dev.sotto.mpc.protocol.MultiplyExtended;
import dev.sotto.mpc.protocol.Negative;
import dev.sotto.mpc.protocol.NotZero;
import dev.sotto.mpc.protocol.OneHot;
import dev.sotto.mpc.protocol.OneHotByPoint;
import dev.sotto.mpc.protocol.OneTimeTable;
import dev.sotto.mpc.protocol.Refresh;
import dev.sotto.mpc.protocol.Select;
import dev.sotto.mpc.protocol.SquareSum;
import dev.sotto.mpc.protocol.TruncateReduce;
import java.util.Arrays;
import java.util.Locale;

/** A protocol with inputs of the smallest known model's sizes, for one token. */
enum ProtocolCase {
  TRUNCATE_REDUCE("1,536 values of 2^50 cut by 13 bits") {
    @Override
    Runnable at(Scope at) {
      Share x = MadeUp.share(at, FFN, 50, 20);
      return () -> new TruncateReduce(x, 13).run(at.in("run"));
    }
  },
  EXTEND("1,536 values of 2^22 into 2^50") {
    @Override
    Runnable at(Scope at) {
      Wire x = MadeUp.wire(at, "x", FFN, 22, 10);
      return () -> new Extend(x, 50).run(at.in("run"));
    }
  },
  MULTIPLY("1,536 products in 2^40") {
    @Override
    Runnable at(Scope at) {
      Wire x = MadeUp.wire(at, "x", FFN, 40, 10);
      Wire y = MadeUp.wire(at, "y", FFN, 40, 10);
      return () -> new Multiply(x, y, 40).run(at.in("run"));
    }
  },
  MULTIPLY_EXTENDED("1,536 products of 2^22 and 2^18 in 2^50") {
    @Override
    Runnable at(Scope at) {
      Extended x = extended(at, "x", FFN, 22);
      Extended y = extended(at, "y", FFN, 18);
      return () -> new MultiplyExtended(x, y, 1).run(at.in("run"));
    }
  },
  SQUARE_SUM("the sum of 576 squares") {
    @Override
    Runnable at(Scope at) {
      Extended x = extended(at, "x", HIDDEN, 34);
      return () -> new SquareSum(x, HIDDEN).run(at.in("run"));
    }
  },
  SELECT("1,536 values by a bit each") {
    @Override
    Runnable at(Scope at) {
      Wire x = MadeUp.wire(at, "x", FFN, 40, 10);
      Opening round = at.in("choice").opening();
      MaskedBits choice = round.bits("bit", new long[at.deals() ? 0 : FFN], FFN, 1);
      round.run();
      return () -> new Select(choice, x).run(at.in("run"));
    }
  },
  NEGATIVE("the signs of 1,536 values of 2^22") {
    @Override
    Runnable at(Scope at) {
      Wire x = MadeUp.wire(at, "x", FFN, 22, 10);
      return () -> new Negative(x, 1).run(at.in("run"));
    }
  },
  NOT_ZERO("1,536 values of 28 bits") {
    @Override
    Runnable at(Scope at) {
      Wire x = MadeUp.wire(at, "x", FFN, 28, 10);
      return () -> new NotZero(x.masked(), x.mask(), FFN, 28, 7).run(at.in("run"));
    }
  },
  ONE_TIME_TABLE("1,536 tables of 16 bytes") {
    @Override
    Runnable at(Scope at) {
      long[] index = new long[at.deals() ? 0 : FFN];
      return () ->
          new OneTimeTable(FFN, 16, 1, 8, () -> new long[16 * FFN], index).run(at.in("run"));
    }
  },
  ONE_HOT("1,536 vectors of 2^9 positions") {
    @Override
    Runnable at(Scope at) {
      long[] positions = new long[at.deals() ? FFN : 0];
      return () -> new OneHot(positions, FFN, 9).run(at.in("run"));
    }
  },
  ONE_HOT_BY_POINT("64 vectors of 2^12 positions") {
    @Override
    Runnable at(Scope at) {
      long[] positions = new long[at.deals() ? 64 : 0];
      return () -> new OneHotByPoint(positions, 64, 12).run(at.in("run"));
    }
  },
  LINEAR("one row of 576 times 576 × 1,536") {
    @Override
    Runnable at(Scope at) {
      Wire x = MadeUp.wire(at, "x", HIDDEN, 40, 14);
      WideMatrix w = MadeUp.matrix(at, HIDDEN, FFN);
      MaskProducts products = new MaskProducts(at.session(), 1);
      return () -> new Linear(x, w, 1, 40, 16, products).run(at.in("run"));
    }
  },
  DIAGONAL("576 products with a secret row") {
    @Override
    Runnable at(Scope at) {
      Wire x = MadeUp.wire(at, "x", HIDDEN, 40, 14);
      WideMatrix gamma = MadeUp.matrix(at, 1, HIDDEN);
      return () -> new Diagonal(x, gamma, 40, 16).run(at.in("run"));
    }
  },
  REFRESH("49,152 values of 2^22") {
    @Override
    Runnable at(Scope at) {
      Share x = MadeUp.share(at, VOCAB, 22, 12);
      return () -> new Refresh(x).run(at.in("run"));
    }
  },
  RMS_NORM("a row of 576") {
    @Override
    Runnable at(Scope at) {
      Share h = MadeUp.share(at, HIDDEN, 49, 30);
      return () -> new RmsNorm(h, 1, RMS).run(at.in("run"));
    }
  },
  LAYER_NORM("a row of 576") {
    @Override
    Runnable at(Scope at) {
      Share h = MadeUp.share(at, HIDDEN, 49, 30);
      return () -> new LayerNorm(h, 1, LAYER).run(at.in("run"));
    }
  },
  ROPE("9 query and 3 key heads of 64") {
    @Override
    Runnable at(Scope at) {
      Share qkv = MadeUp.share(at, HEADS.joint(), 40, 30);
      double[][] cosines = new double[1][HEADS.headDim() / 2];
      Arrays.fill(cosines[0], 0.8);
      double[][] sines = new double[1][HEADS.headDim() / 2];
      Arrays.fill(sines[0], 0.6);
      return () -> new Rope(qkv, 1, HEADS, cosines, sines).run(at.in("run"));
    }
  },
  ATTENTION("one token over 128 cached ones, 9 heads of 64") {
    @Override
    Runnable at(Scope at) {
      int width = HEADS.kvHeads() * HEADS.headDim();
      KeyValues cache = new KeyValues(width);
      Opening round = at.in("cached").opening();
      Wire k = round.words("k", MadeUp.share(at, CACHED * width, HEADS.scoreRing(), 12));
      Wire v =
          round.words(
              "v", MadeUp.share(at, CACHED * width, Rope.VALUE_RING, HEADS.valueFraction()));
      round.run();
      cache.append(k, v);
      Wire q = MadeUp.wire(at, "q", HEADS.heads() * HEADS.headDim(), HEADS.scoreRing(), 12);
      return () -> new Attention(q, cache, HEADS, 1).run(at.in("run"));
    }
  },
  SILU("1,536 values") {
    @Override
    Runnable at(Scope at) {
      Wire x = MadeUp.wire(at, "x", FFN, 22, 13);
      return () -> new Activate(x, Activation.SILU).run(at.in("run"));
    }
  },
  GELU("1,536 values") {
    @Override
    Runnable at(Scope at) {
      Wire x = MadeUp.wire(at, "x", FFN, 22, 13);
      return () -> new Activate(x, GELUS).run(at.in("run"));
    }
  },
  SILU_TIMES_UP("1,536 gates and values") {
    @Override
    Runnable at(Scope at) {
      Wire gate = MadeUp.wire(at, "gate", FFN, SiluTimesUp.GATE_RING, 13);
      Wire up = MadeUp.wire(at, "up", FFN, 23, 13);
      return () -> new SiluTimesUp(gate, up).run(at.in("run"));
    }
  };

  private static final int HIDDEN = 576;
  private static final int FFN = 1536;
  private static final int VOCAB = 49_152;
  private static final int CACHED = 129;
  private static final HeadShape HEADS = new HeadShape(9, 3, 64, 2048);

  private static final RmsNorm.Shape RMS = RmsNorm.Shape.of(HIDDEN, 1e-5);
  private static final LayerNorm.Shape LAYER = LayerNorm.Shape.of(HIDDEN, 1e-5);
  private static final Activation GELUS = Activation.named("gelu");

  private final String about;

  ProtocolCase(String about) {
    this.about = about;
  }

  /** Makes the inputs at one role's seat and gives what is to be timed. */
  abstract Runnable at(Scope at);

  private static Extended extended(Scope at, String name, int size, int bits) {
    return new Extend(MadeUp.wire(at, name, size, bits, 10), 50).run(at.in(name + "/extend"));
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  String about() {
    return about;
  }
}
