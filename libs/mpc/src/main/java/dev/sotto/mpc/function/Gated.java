package dev.sotto.mpc.function;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Protocol;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Wire;
import dev.sotto.mpc.protocol.Extend;
import dev.sotto.mpc.protocol.Extended;
import dev.sotto.mpc.protocol.MultiplyExtended;
import dev.sotto.mpc.protocol.TruncateReduce;

/**
 * f(gate)·up as a wire of 2^49 with 14 fraction bits, from wires of 2^22 and 2^23 with 13. Three
 * rounds: look-ups, f, product.
 *
 * <p>Domain: gate as {@link Activate} has it, |up| &lt; 256, |product| below the ring. Hides:
 * {@link Activate}, extensions and openings.
 */
public record Gated(Wire gate, Wire up, Activation function) implements Protocol<Wire> {
  private static final int PRODUCT = 61;
  private static final int DROPPED = 12;

  @Override
  public Claim claim() {
    int n = gate.size();
    Claim c = Activate.claim(n).then(Claim.opening(n, Activate.RING));
    for (int ring : new int[] {Activate.RING, up.ring()}) {
      c = c.then(Claim.dealing(n, PRODUCT - ring)).then(Claim.dealing(n, PRODUCT - ring));
    }
    c = c.then(Claim.dealing(n, PRODUCT)).then(Claim.dealing(n, PRODUCT - up.ring()));
    c =
        c.then(Claim.dealing(n, PRODUCT - Activate.RING))
            .then(Claim.dealing(n, PRODUCT - Activate.RING - up.ring()));
    return c.then(Claim.opening(n, PRODUCT - DROPPED));
  }

  @Override
  public Wire run(Scope at) {
    Wire f = at.in("f").open(new Activate(gate, function).run(at));
    Extended a = new Extend(f, PRODUCT, 1 << DROPPED).run(at.in("a"));
    Extended b = new Extend(up, PRODUCT).run(at.in("b"));
    Share product = new MultiplyExtended(a, b, 1).run(at.in("product"));
    return at.in("d").open(new TruncateReduce(product, DROPPED).run(at.in("round")));
  }
}
