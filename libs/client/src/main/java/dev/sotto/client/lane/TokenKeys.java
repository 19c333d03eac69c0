package dev.sotto.client.lane;

import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.mpc.function.LookUpKeys;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A token on its way to a lane: two look-up keys for each role, each uniform to who gets it. Not
 * thread-safe.
 */
public final class TokenKeys {
  private final LookUpKeys keys;
  private final SecureRandom random;

  /** For a vocabulary of {@code vocab} tokens. */
  public TokenKeys(int vocab, SecureRandom random) {
    this.keys = new LookUpKeys(vocab);
    this.random = random;
  }

  /**
   * Fresh keys by role, two for each token, in the order of {@link LookUpKeys}.
   *
   * @param tokens [tokens]
   */
  public Map<Role, List<Octets>> of(int... tokens) {
    Map<Role, List<Octets>> all = new EnumMap<>(Role.class);
    for (int token : tokens) {
      keys.generate(token, random).forEach((role, own) -> put(all, Role.valueOf(role.name()), own));
    }
    return all;
  }

  private static void put(Map<Role, List<Octets>> all, Role role, List<byte[]> own) {
    List<Octets> keys = all.computeIfAbsent(role, _ -> new ArrayList<>());
    own.forEach(key -> keys.add(Octets.wrap(key)));
  }

  @Override
  public String toString() {
    return "TokenKeys";
  }
}
