package dev.sotto.mpc.function;

import dev.sotto.mpc.MaskedBits;
import dev.sotto.mpc.Opening;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Multiply;
import dev.sotto.mpc.protocol.Negative;
import dev.sotto.mpc.protocol.NotZero;
import dev.sotto.mpc.protocol.Select;
import dev.sotto.mpc.testing.ExactView;
import dev.sotto.mpc.testing.Secrets;

/** Programs of one function each, at two steps, for the exact view test. */
enum SingleJobs implements ExactView.Job {
  PRODUCT {
    @Override
    Object run(Scope at, Secrets secrets, String input) {
      return new Multiply(wire(at, secrets, input, 40), wire(at, secrets, input + "'", 40), 40)
          .run(at.in("p"));
    }
  },
  ZERO_TEST {
    @Override
    Object run(Scope at, Secrets secrets, String input) {
      Wire x = wire(at, secrets, input, 37);
      Wire y = wire(at, secrets, input + "'", 5); // zero now and then
      return new NotZero(x.masked(), x.mask(), COUNT, 37, 7)
          .run(at.in("z"))
          .plus(new NotZero(y.masked(), y.mask(), COUNT, 5, 7).run(at.in("y")));
    }
  },
  SELECT_BY_SIGN {
    @Override
    Object run(Scope at, Secrets secrets, String input) {
      Share b = new Negative(wire(at, secrets, input, 20), 1).run(at.in("sign"));
      Opening o = at.in("choice").opening();
      MaskedBits choice = o.bits("b", b.words(), COUNT, 1);
      o.run();
      return new Select(choice, wire(at, secrets, input + "'", 40)).run(at.in("select"));
    }
  },
  SIGN_OF_WIDE_VALUES {
    @Override
    Object run(Scope at, Secrets secrets, String input) {
      return new Negative(wire(at, secrets, input, 64), 9).run(at.in("sign"));
    }
  },
  GELU_TIMES_UP {
    @Override
    Object run(Scope at, Secrets secrets, String input) {
      return new Gated(
              wire(at, secrets, input, 22), wire(at, secrets, input + "'", 23), Activation.GELU)
          .run(at.in("gated"));
    }
  },
  LAYER_NORM {
    @Override
    Object run(Scope at, Secrets secrets, String input) {
      Share h = secrets.share(at, input, 2 * COUNT, 49, 30);
      return new LayerNorm(h, 2, LayerNorm.Shape.of(COUNT, 1e-5)).run(at.in("norm"));
    }
  };

  private static final int COUNT = 40;

  abstract Object run(Scope at, Secrets secrets, String input);

  @Override
  public int steps() {
    return 2;
  }

  @Override
  public Object step(Scope at, int step, Secrets secrets) {
    return run(at, secrets, "x" + step);
  }

  private static Wire wire(Scope at, Secrets secrets, String name, int ring) {
    String place = name.endsWith("'") ? "second" : "first"; // one place for all steps
    return at.in(place).open(secrets.share(at, name, COUNT, ring, 0));
  }
}
