package dev.sotto.mpc.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.StreamsOf;
import dev.sotto.mpc.testing.Defects;
import dev.sotto.mpc.testing.ExactView;
import dev.sotto.mpc.testing.Secrets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The look-up of tokens, the dealer's message and the opening of what comes out included, under
 * other tokens and another embedding. Keys are expanded by an ideal point function: that real ones
 * hide is {@code dev.sotto.mpc.dpf.PointViewTest}'s matter.
 */
class TokenLookUpViewTest {
  private static final int TOKENS = 3;
  private static final int HIDDEN = 5;
  private static final int VOCAB = 128;
  private static final int GROUPS = 2;
  private static final int WHOLE_BITS = 3;
  private static final int RING = TokenLookUp.ring(WHOLE_BITS);
  private static final String PLACE = "embed";

  /** Two steps; {@code defect} is what the dealer's message does to its pads. */
  private record LookUp(UnaryOperator<Streams> dealers) implements ExactView.Job {
    @Override
    public int steps() {
      return 2;
    }

    @Override
    public Object step(Scope at, int step, Secrets secrets) {
      TokenLookUp lookUp =
          new TokenLookUp(
              secrets.table(at, PLACE, VOCAB, HIDDEN),
              at.session().kernels(),
              WHOLE_BITS,
              (key, party, out, from) -> {
                String pair = new String(key, 1, key.length - 1, StandardCharsets.UTF_8);
                long[] bits = secrets.pointBits(at.role(), first(pair), pair, token(pair), GROUPS);
                System.arraycopy(bits, 0, out, from, GROUPS);
              });
      Scope place = at.session().step(PLACE, PLACE);
      List<byte[]> keys = keys(at.role(), step, secrets);
      Share rows =
          switch (at.role()) {
            case DEALER -> {
              Streams own = dealers.apply(StreamsOf.seat(at));
              lookUp.dealerPart(
                  own, PLACE, step, keys, part -> at.session().put(part, part.length, RING));
              yield TokenLookUp.ahead(place, TOKENS, HIDDEN, WHOLE_BITS);
            }
            case EVALUATOR_0 -> lookUp.first(place, keys);
            case EVALUATOR_1 -> lookUp.second(place, keys, count -> taken(at, count));
          };
      return at.in("opened").open(rows);
    }

    /** As the dealer puts it, piece by piece. */
    private static long[] taken(Scope at, int count) {
      int n = TOKENS * HIDDEN;
      long[] all = new long[count];
      int from = 0;
      for (int piece : new int[] {n, n, TOKENS, n, TOKENS, n}) {
        long[] words = new long[piece];
        at.take(words, RING);
        System.arraycopy(words, 0, all, from, piece);
        from += piece;
      }
      assertThat(from).isEqualTo(count);
      return all;
    }

    /** Party 0 of a pair. */
    private static Role first(String pair) {
      return pair.startsWith("table") ? Role.EVALUATOR_0 : Role.EVALUATOR_1;
    }

    private static String token(String pair) {
      return pair.substring(pair.indexOf(' '));
    }

    /** A token's two keys name their pair, behind the role's part of its sign. */
    private static List<byte[]> keys(Role role, int step, Secrets secrets) {
      List<byte[]> keys = new ArrayList<>();
      for (int t = 0; t < TOKENS; t++) {
        for (String kind : List.of("table", "pad")) {
          String pair = kind + " token" + step + "/" + t;
          byte[] key = ("?" + pair).getBytes(StandardCharsets.UTF_8);
          key[0] = secrets.pointSign(role, first(pair), pair, token(pair), GROUPS);
          keys.add(key);
        }
      }
      return keys;
    }
  }

  private static final LookUp SOUND = new LookUp(UnaryOperator.identity());

  @ParameterizedTest
  @EnumSource
  void otherTokensLookTheSame(Role observed) {
    ExactView.Result seen = ExactView.check(SOUND, observed);
    long words = 2L * TOKENS * HIDDEN;
    assertThat(seen.words())
        .isEqualTo(
            switch (observed) {
              case DEALER -> 0L;
              // handed on, then opened: the sum, the row, and the result
              case EVALUATOR_0 -> 4 * words;
              // opened; the dealer's part; two for the extension
              case EVALUATOR_1 -> 3 * words + 4 * words + 4L * TOKENS + 2 * words;
            });
  }

  @Test
  void aMissingPadOfTheDealersMessageIsCaught() {
    LookUp broken = new LookUp(Defects.noPad(Pair.DEALER_EVALUATOR_0));
    assertThatThrownBy(() -> ExactView.check(broken, Role.EVALUATOR_1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("pad");
  }

  @Test
  void aPadOfTheDealersMessageThatIsShortIsCaught() {
    LookUp broken = new LookUp(TokenLookUpViewTest::onlyLowBits);
    assertThatThrownBy(() -> ExactView.check(broken, Role.EVALUATOR_1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("pad");
  }

  /** All of a step's rows under one row of pads. */
  @Test
  void onePadForAllTokensIsCaught() {
    LookUp broken = new LookUp(TokenLookUpViewTest::oneRowForAll);
    assertThatThrownBy(() -> ExactView.check(broken, Role.EVALUATOR_1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("pad");
  }

  private static Streams onlyLowBits(Streams streams) {
    return changed(
        streams,
        (out, from, count) -> {
          for (int i = from; i < from + count; i++) {
            out[i] &= (1L << (RING - 1)) - 1;
          }
        });
  }

  private static Streams oneRowForAll(Streams streams) {
    return changed(
        streams,
        (out, from, count) -> {
          for (int i = HIDDEN; i < count; i++) {
            out[from + i] = out[from + i % HIDDEN];
          }
        });
  }

  private interface Change {
    void to(long[] out, int from, int count);
  }

  private static Streams changed(Streams streams, Change change) {
    return new Streams() {
      @Override
      public void words(
          Pair pair, long domain, int serial, int ring, long[] out, int from, int count) {
        streams.words(pair, domain, serial, ring, out, from, count);
        if (pair == Pair.DEALER_EVALUATOR_0) {
          change.to(out, from, count);
        }
      }

      @Override
      public Streams reader() {
        return changed(streams.reader(), change);
      }
    };
  }
}
