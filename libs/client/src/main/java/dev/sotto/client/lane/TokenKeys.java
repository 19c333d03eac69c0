package dev.sotto.client.lane;

import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.mpc.dpf.WordPoint;
import dev.sotto.mpc.dpf.WordPointKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A token on its way to a lane: six point-function keys, one for each role and pair, each uniform
 * to who gets it.
 */
public final class TokenKeys {
  private final int levels;
  private final SecureRandom random;

  /** For a vocabulary of {@code vocab} tokens. */
  public TokenKeys(int vocab, SecureRandom random) {
    this.levels = Math.max(1, 32 - Integer.numberOfLeadingZeros(vocab - 1));
    this.random = random;
  }

  /**
   * Fresh keys by role, two for each token: at an evaluator the evaluators' pair, then the
   * dealer's; at the dealer evaluator-0's pair, then evaluator-1's.
   *
   * @param tokens [tokens]
   */
  public Map<Role, List<Octets>> of(int[] tokens) {
    Map<Role, List<Octets>> keys = new EnumMap<>(Role.class);
    for (int token : tokens) {
      WordPointKey[] evaluators = WordPoint.generate(token, levels, random);
      WordPointKey[] first = WordPoint.generate(token, levels, random);
      WordPointKey[] second = WordPoint.generate(token, levels, random);
      put(keys, Role.DEALER, first[0], second[0]);
      put(keys, Role.EVALUATOR_0, evaluators[0], first[1]);
      put(keys, Role.EVALUATOR_1, evaluators[1], second[1]);
    }
    return keys;
  }

  private static void put(Map<Role, List<Octets>> keys, Role role, WordPointKey a, WordPointKey b) {
    List<Octets> own = keys.computeIfAbsent(role, _ -> new ArrayList<>());
    own.add(Octets.wrap(a.encoded()));
    own.add(Octets.wrap(b.encoded()));
  }

  @Override
  public String toString() {
    return "TokenKeys(" + levels + " levels)";
  }
}
