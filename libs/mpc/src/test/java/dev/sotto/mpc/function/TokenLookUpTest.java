package dev.sotto.mpc.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.testing.KnownTable;
import dev.sotto.mpc.testing.Three;
import dev.sotto.ring.ScalarKernels;
import dev.sotto.ring.VectorKernels;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of a table by real keys, at three seats: exactly the rows, for what is claimed. */
class TokenLookUpTest {
  private static final int VOCAB = 150; // three groups, the last not full
  private static final int HIDDEN = 37;
  private static final String PLACE = "embed";

  /** Words up to the edges of what can be extended, the edges themselves among them. */
  private static KnownTable table(int wholeBits) {
    KnownTable random = KnownTable.random(PLACE, VOCAB, HIDDEN, 5);
    int quarter = 1 << (TokenLookUp.ring(wholeBits) - 2);
    int[] words = random.words();
    for (int i = 0; i < words.length; i++) {
      words[i] >>= 32 - TokenLookUp.ring(wholeBits) + 1;
    }
    words[0] = -quarter;
    words[1] = quarter - 1;
    words[2] = 0;
    words[3] = -1;
    return random;
  }

  /** The caller's keys for each role, two a token. */
  private static Map<Role, List<byte[]>> keys(int[] tokens) {
    SecureRandom random = new SecureRandom();
    LookUpKeys lookUp = new LookUpKeys(VOCAB);
    Map<Role, List<byte[]>> keys = new EnumMap<>(Role.class);
    for (int token : tokens) {
      lookUp
          .generate(token, random)
          .forEach((role, own) -> keys.computeIfAbsent(role, r -> new ArrayList<>()).addAll(own));
    }
    return keys;
  }

  private static Share lookUp(
      Scope at,
      KnownTable table,
      int wholeBits,
      Map<Role, List<byte[]>> all,
      BlockingQueue<long[]> dealers) {
    Scope place = at.session().step(PLACE, PLACE);
    List<byte[]> keys = Objects.requireNonNull(all.get(at.role()));
    TokenLookUp lookUp = new TokenLookUp(table.of(at.role()), at.kernels(), wholeBits);
    return switch (at.role()) {
      case DEALER -> {
        // As a node does it: online, from streams of its own, beside the program.
        int step = at.session().serial();
        List<long[]> parts = new ArrayList<>();
        lookUp.dealerPart(Three.streams(Role.DEALER, 9), PLACE, step, keys, parts::add);
        dealers.add(parts.stream().flatMapToLong(Arrays::stream).toArray());
        yield TokenLookUp.ahead(place, keys.size() / 2, HIDDEN, wholeBits);
      }
      case EVALUATOR_0 -> lookUp.first(place, keys);
      case EVALUATOR_1 ->
          lookUp.second(
              place,
              keys,
              count -> {
                try {
                  long[] part = dealers.poll(60, TimeUnit.SECONDS);
                  assertThat(part).hasSize(count);
                  return part;
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
    };
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "2, 16", "33, 3", "70, 9"})
  void picksTheRowsForWhatIsClaimed(int tokens, int wholeBits) {
    KnownTable table = table(wholeBits);
    int[] ids = new int[tokens];
    for (int t = 0; t < tokens; t++) {
      ids[t] = t == 0 ? 0 : t == 1 ? VOCAB - 1 : t * 61 % VOCAB;
    }
    BlockingQueue<long[]> dealers = new LinkedBlockingQueue<>();
    Three three = new Three(9, tokens == 2 ? new ScalarKernels() : new VectorKernels());
    for (int again = 0; again < 4; again++) { // whatever the signs are
      Map<Role, List<byte[]>> keys = keys(ids);
      Three.Parts<Share> rows = three.run(at -> lookUp(at, table, wholeBits, keys, dealers));
      assertThat(rows.first().ring()).isEqualTo(49);
      assertThat(rows.first().fraction()).isEqualTo(30);
      long[] words = Three.words(rows);
      for (int t = 0; t < tokens; t++) {
        for (int i = 0; i < HIDDEN; i++) {
          assertThat(words[t * HIDDEN + i]).isEqualTo((long) table.at(ids[t], i) << 16);
        }
      }
    }
    Claim once = TokenLookUp.claim(tokens, HIDDEN, wholeBits);
    three.assertCounted(PLACE, once.then(once).then(once).then(once));
  }

  /** What a token of the real model costs. */
  @Test
  void aTokenCostsTwoRoundsAndSevenKilobytes() {
    assertThat(TokenLookUp.claim(1, 576, 3)).isEqualTo(new Claim(2, 2 * 1008, 2 * 1368, 1368));
    assertThat(TokenLookUp.claim(1, 576, 16)).isEqualTo(new Claim(2, 2 * 72, 2 * 2304, 2304));
    assertThat(TokenLookUp.dealersWords(1, 576)).isEqualTo(2306);
    assertThat(TokenLookUp.most(3)).isEqualTo(8);
    assertThat(LookUpKeys.bytes(49152)).isEqualTo(1 + 16 + 9 * 17 + 16);
    assertThatThrownBy(() -> TokenLookUp.ring(17)).hasMessageContaining("whole bits");
  }
}
