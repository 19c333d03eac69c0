package dev.sotto.mpc.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.mpc.Role;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LookUpKeysTest {
  private final SecureRandom random = new SecureRandom();

  private static BitSet bits(LookUpKeys lookUp, byte[] key, int party) {
    long[] out = new long[lookUp.words()];
    lookUp.expand(key, party, out, 0);
    return BitSet.valueOf(out);
  }

  /** Two vectors that differ at the token, and the sign of their difference in two parts. */
  @ParameterizedTest
  @ValueSource(ints = {2, 150, 256, 257, 49152})
  void keysOfARoleAreHalvesOfPairs(int vocab) {
    LookUpKeys lookUp = new LookUpKeys(vocab);
    for (int token : new int[] {0, vocab / 2, vocab - 1}) {
      Map<Role, List<byte[]>> keys = lookUp.generate(token, random);
      List<byte[]> first = keys.getOrDefault(Role.EVALUATOR_0, List.of());
      List<byte[]> second = keys.getOrDefault(Role.EVALUATOR_1, List.of());
      List<byte[]> dealer = keys.getOrDefault(Role.DEALER, List.of());
      keys.forEach(
          (role, own) -> {
            LookUpKeys.check(role, 0, own.get(0), vocab);
            LookUpKeys.check(role, 1, own.get(1), vocab);
          });
      BitSet[][] pairs = {
        {bits(lookUp, first.get(0), 0), bits(lookUp, second.get(0), 1)},
        {bits(lookUp, second.get(1), 0), bits(lookUp, dealer.get(1), 1)}
      };
      for (int which = 0; which < 2; which++) {
        boolean ofParty1 = pairs[which][1].get(token);
        pairs[which][0].xor(pairs[which][1]);
        assertThat(pairs[which][0].stream().toArray()).containsExactly(token);
        int masked = LookUpKeys.sign(first.get(which));
        assertThat(LookUpKeys.sign(second.get(which))).isEqualTo(masked);
        assertThat(masked ^ LookUpKeys.sign(dealer.get(which))).isEqualTo(ofParty1 ? 1 : 0);
      }
      byte[] same = dealer.get(0).clone();
      same[0] = second.get(0)[0];
      assertThat(same).isEqualTo(second.get(0));
      assertThat(first.get(1)).hasSize(1);
    }
  }

  /**
   * What a role has of the signs, and its bits at the token, are balanced and independent of each
   * other: two keys of one role with equal signs would tell it that its bits differ at the token.
   */
  @Test
  void whatARoleSeesOfATokenIsBalanced() {
    int count = 4000;
    int token = 77;
    LookUpKeys lookUp = new LookUpKeys(150);
    Map<Role, int[]> seen = new EnumMap<>(Role.class);
    for (int i = 0; i < count; i++) {
      lookUp
          .generate(token, random)
          .forEach(
              (role, own) -> {
                int party = role == Role.EVALUATOR_0 ? 0 : 1;
                int view = LookUpKeys.sign(own.get(0)) | LookUpKeys.sign(own.get(1)) << 1;
                view |= bits(lookUp, own.get(0), party).get(token) ? 4 : 0;
                if (role != Role.EVALUATOR_0) {
                  int other = role == Role.EVALUATOR_1 ? 0 : 1;
                  view |= bits(lookUp, own.get(1), other).get(token) ? 8 : 0;
                }
                seen.computeIfAbsent(role, r -> new int[16])[view]++;
              });
    }
    assertThat(seen).hasSize(3);
    seen.forEach(
        (role, views) -> {
          int kinds = role == Role.EVALUATOR_0 ? 8 : 16;
          double mean = (double) count / kinds;
          for (int view = 0; view < kinds; view++) {
            assertThat((double) views[view])
                .as("%s, view %d", role, view)
                .isBetween(mean - 6 * Math.sqrt(mean), mean + 6 * Math.sqrt(mean));
          }
        });
  }

  @Test
  void whatIsNoKeyIsRefused() {
    int vocab = 150;
    byte[] key =
        new LookUpKeys(vocab).generate(3, random).getOrDefault(Role.EVALUATOR_1, List.of()).get(0);
    byte[] sign = key.clone();
    sign[0] = 2;
    byte[] damaged = key.clone();
    damaged[17] |= 1;
    for (byte[] bad :
        List.of(new byte[0], new byte[1], Arrays.copyOf(key, 18), Arrays.copyOf(key, 99), sign)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LookUpKeys.check(Role.DEALER, 0, bad, vocab))
          .withMessage("a look-up key has another form");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LookUpKeys.check(Role.EVALUATOR_0, 1, key, vocab));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LookUpKeys.check(Role.EVALUATOR_0, 0, damaged, vocab))
        .withMessageContaining("damaged");
    assertThatThrownBy(() -> new LookUpKeys(vocab).generate(256, random))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("256,");
  }
}
