package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.MaskedBits;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.mpc.protocol.Extended;
import dev.sotto.mpc.protocol.Multiply;
import dev.sotto.mpc.protocol.MultiplyExtended;
import dev.sotto.mpc.protocol.NotZero;
import dev.sotto.mpc.protocol.OneTimeTable;
import dev.sotto.mpc.protocol.Refresh;
import dev.sotto.mpc.protocol.Select;
import dev.sotto.mpc.protocol.SquareSum;
import dev.sotto.mpc.protocol.TruncateReduce;
import dev.sotto.mpc.testing.Three;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every protocol costs what it claims, over sizes that fill no word and no byte. */
class ClaimsTest {
  private static final int[] SIZES = {1, 7, 33, 130};

  /** One protocol over wires that are opened before. */
  enum Case {
    MULTIPLY {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        return new Multiply(x, y, 21);
      }
    },
    EXTEND {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        return new Extend(x, 49);
      }
    },
    MULTIPLY_EXTENDED {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        return new MultiplyExtended(extended(at, x, 61), extended(at, y, 61), 1);
      }
    },
    SQUARE_SUM {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        return new SquareSum(extended(at, x, 64), 1);
      }
    },
    TRUNCATE {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        return new TruncateReduce(x.share(), 5);
      }
    },
    REFRESH {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        return new Refresh(x.share());
      }
    },
    TABLE {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        int n = x.size();
        long[] index = Digits.of(x.masked(), 0, 3);
        return new OneTimeTable(n, 8, 3, 5, () -> new long[n * 24], index);
      }
    },
    NOT_ZERO {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        return new NotZero(x.masked(), x.mask(), x.size(), 22, 7);
      }
    },
    SELECT {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        long[] bit = Digits.of(y.masked(), 0, 1);
        return new Select(new MaskedBits(bit, Digits.of(y.mask(), 0, 1)), x);
      }
    },
    ACTIVATE {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        return new Activate(x, Activation.GELU);
      }
    },
    GATED {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        return new Gated(x, y, Activation.SILU);
      }
    },
    EXP2 {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        return new Exp2(Digits.of(x.masked(), 0, 17), Digits.of(x.mask(), 0, 17), x.size());
      }
    },
    RECIPROCAL {
      @Override
      Protocol<?> over(Scope at, Wire x, Wire y) {
        Share s = x.share().shiftUp(7);
        return new Protocol<Share>() {
          @Override
          public Claim claim() {
            return Attention.RECIPROCAL.claim(s.size());
          }

          @Override
          public Share run(Scope here) {
            return Attention.RECIPROCAL.run(here, s, here.in("o").opening());
          }
        };
      }
    };

    abstract Protocol<?> over(Scope at, Wire x, Wire y);

    private static Extended extended(Scope at, Wire x, int ring) {
      return new Extend(x, ring).run(at.in("extend" + x.ring()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void equalWhatIsCounted(Case protocol) {
    for (int n : SIZES) {
      long[] x = IntStream.range(0, n).mapToLong(i -> i * 37L - 40).toArray();
      Claim[] claim = new Claim[1];
      Three three = new Three(71);
      three.run(
          at -> {
            Opening o = at.opening();
            Wire a = o.words("a", Three.input(at, x, 22, 13, 1));
            Wire b = o.words("b", Three.input(at, x, 23, 13, 2));
            o.run();
            Protocol<?> p = protocol.over(at, a, b);
            at.session().meter().part("counted");
            if (at.first()) {
              claim[0] = p.claim();
            }
            p.run(at.in("p"));
            return at;
          });
      three.assertCounted("counted", claim[0]);
    }
  }
}
