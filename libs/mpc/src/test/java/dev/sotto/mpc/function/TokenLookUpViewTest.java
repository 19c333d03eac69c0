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
  private static final int VOCAB = 91; // two groups, the second not full
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
              (key, party, count, out, from) -> {
                String[] names = new String(key, StandardCharsets.UTF_8).split(" ", -1);
                Role other = Role.valueOf(names[0]);
                long[] share = secrets.point(at.role(), other, names[1], count);
                System.arraycopy(share, 0, out, from, count);
              });
      Scope place = at.session().step(PLACE, PLACE);
      List<byte[]> keys = keys(at.role(), step);
      Share rows =
          switch (at.role()) {
            case DEALER -> {
              Streams own = dealers.apply(StreamsOf.seat(at));
              long[] part = lookUp.dealerPart(own, Scope.domainOf(PLACE), step, keys);
              at.session().put(part, part.length, TokenLookUp.ring());
              yield TokenLookUp.ahead(place, TOKENS, HIDDEN);
            }
            case EVALUATOR_0 -> lookUp.first(place, keys);
            case EVALUATOR_1 ->
                lookUp.second(
                    place,
                    keys,
                    count -> {
                      long[] words = new long[count];
                      at.take(words, TokenLookUp.ring());
                      return words;
                    });
          };
      return at.in("opened").open(rows);
    }

    /**
     * A token's two keys name whom they are shared with, in the order that a look-up takes them.
     */
    private static List<byte[]> keys(Role role, int step) {
      List<byte[]> keys = new ArrayList<>();
      for (int t = 0; t < TOKENS; t++) {
        Role first = role == Role.EVALUATOR_0 ? Role.EVALUATOR_1 : Role.EVALUATOR_0;
        Role second = role == Role.DEALER ? Role.EVALUATOR_1 : Role.DEALER;
        for (Role other : List.of(first, second)) {
          keys.add((other + " token" + step + "/" + t).getBytes(StandardCharsets.UTF_8));
        }
      }
      return keys;
    }

    @Override
    public boolean isLookUp(long domain) {
      return domain == Scope.domainOf(PLACE);
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
              case EVALUATOR_0 -> 2 * words; // opened: what was picked, and the result
              case EVALUATOR_1 -> 5 * words; // also the dealer's part, and two for the extension
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
            out[i] &= (1L << (TokenLookUp.ring() - 1)) - 1;
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
