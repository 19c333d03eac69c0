package dev.sotto.mpc.function;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.dpf.WordPoint;
import dev.sotto.mpc.dpf.WordPointKey;
import dev.sotto.mpc.testing.KnownTable;
import dev.sotto.mpc.testing.Three;
import dev.sotto.ring.ScalarKernels;
import dev.sotto.ring.VectorKernels;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of a table by real keys, at three seats: exactly the rows, for what is claimed. */
class TokenLookUpTest {
  private static final int VOCAB = 150; // three groups, the last not full
  private static final int HIDDEN = 37;
  private static final int QUARTER = 1 << 30;
  private static final String PLACE = "embed";

  /** Words up to the edges of what can be extended, the edges themselves among them. */
  private static KnownTable table() {
    KnownTable random = KnownTable.random(PLACE, VOCAB, HIDDEN, 5);
    int[] words = random.words();
    for (int i = 0; i < words.length; i++) {
      words[i] >>= 1;
    }
    words[0] = -QUARTER;
    words[1] = QUARTER - 1;
    words[2] = 0;
    words[3] = -1;
    return random;
  }

  /** The caller's keys for each role, two a token. */
  private record Keys(List<byte[]> dealer, List<byte[]> first, List<byte[]> second) {
    static Keys of(int[] tokens) {
      SecureRandom random = new SecureRandom();
      Keys keys = new Keys(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      int levels = TokenLookUp.levels(VOCAB);
      for (int token : tokens) {
        WordPointKey[] evaluators = WordPoint.generate(token, levels, random);
        WordPointKey[] first = WordPoint.generate(token, levels, random);
        WordPointKey[] second = WordPoint.generate(token, levels, random);
        keys.dealer.addAll(List.of(first[0].encoded(), second[0].encoded()));
        keys.first.addAll(List.of(evaluators[0].encoded(), first[1].encoded()));
        keys.second.addAll(List.of(evaluators[1].encoded(), second[1].encoded()));
      }
      return keys;
    }

    List<byte[]> of(Role role) {
      return switch (role) {
        case DEALER -> dealer;
        case EVALUATOR_0 -> first;
        case EVALUATOR_1 -> second;
      };
    }
  }

  private static Share lookUp(
      Scope at, KnownTable table, List<byte[]> keys, BlockingQueue<long[]> dealers) {
    Scope place = at.session().step(PLACE, PLACE);
    TokenLookUp lookUp = new TokenLookUp(table.of(at.role()), at.kernels());
    return switch (at.role()) {
      case DEALER -> {
        // As a node does it: online, from streams of its own, beside the program.
        int step = at.session().serial();
        dealers.add(
            lookUp.dealerPart(Three.streams(Role.DEALER, 9), Scope.domainOf(PLACE), step, keys));
        yield TokenLookUp.ahead(place, keys.size() / 2, HIDDEN);
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
  @ValueSource(ints = {1, 2, 33, 70})
  void picksTheRowsForWhatIsClaimed(int tokens) {
    KnownTable table = table();
    int[] ids = new int[tokens];
    for (int t = 0; t < tokens; t++) {
      ids[t] = t == 0 ? 0 : t == 1 ? VOCAB - 1 : t * 61 % VOCAB;
    }
    Keys keys = Keys.of(ids);
    BlockingQueue<long[]> dealers = new LinkedBlockingQueue<>();
    Three three = new Three(9, tokens == 2 ? new ScalarKernels() : new VectorKernels());
    Three.Parts<Share> rows = three.run(at -> lookUp(at, table, keys.of(at.role()), dealers));
    assertThat(rows.first().ring()).isEqualTo(49);
    assertThat(rows.first().fraction()).isEqualTo(30);
    long[] words = Three.words(rows);
    for (int t = 0; t < tokens; t++) {
      for (int i = 0; i < HIDDEN; i++) {
        assertThat(words[t * HIDDEN + i]).isEqualTo((long) table.at(ids[t], i) << 16);
      }
    }
    three.assertCounted(PLACE, TokenLookUp.claim(tokens, HIDDEN));
  }

  /** What a token of the real model costs. */
  @Test
  void aTokenCostsOneRoundAndFiveKilobytes() {
    assertThat(TokenLookUp.claim(1, 576)).isEqualTo(new Claim(1, 144, 2304));
    assertThat(TokenLookUp.MOST).isEqualTo(65536);
  }
}
