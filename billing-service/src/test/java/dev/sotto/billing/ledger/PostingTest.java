package dev.sotto.billing.ledger;

import static dev.sotto.billing.ledger.Account.CREDIT;
import static dev.sotto.billing.ledger.Account.FUNDING;
import static dev.sotto.billing.ledger.Account.OPERATOR_PAYABLE;
import static dev.sotto.billing.ledger.Account.RESERVED;
import static dev.sotto.billing.ledger.Account.REVENUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PostingTest {
  private static final long SEED = 20261126;

  private static long total(Posting posting) {
    return posting.entries().stream().mapToLong(Entry::amount).sum();
  }

  @Test
  void everyTemplateMovesWhatTheReadmeSays() {
    assertThat(Posting.grant(5).entries())
        .containsExactly(new Entry(FUNDING, -5), new Entry(CREDIT, 5));
    assertThat(Posting.reserve(5).entries())
        .containsExactly(new Entry(CREDIT, -5), new Entry(RESERVED, 5));
    assertThat(Posting.settle(100, 30, 7000).entries())
        .containsExactly(
            new Entry(RESERVED, -100),
            new Entry(CREDIT, 70),
            new Entry(REVENUE, 9),
            new Entry(OPERATOR_PAYABLE, 21));
    assertThat(Posting.release(5).entries())
        .containsExactly(new Entry(RESERVED, -5), new Entry(CREDIT, 5));
    assertThat(Posting.expire(5).entries())
        .containsExactly(new Entry(RESERVED, -5), new Entry(CREDIT, 5));
    assertThat(Posting.reverse(Posting.grant(5)).entries())
        .containsExactly(new Entry(FUNDING, 5), new Entry(CREDIT, -5));
  }

  @Test
  void everyTemplateBalancesForAnyAmounts() {
    Random random = new Random(SEED);
    for (int i = 0; i < 10_000; i++) {
      long reserved = random.nextLong(1L << (1 + random.nextInt(61)));
      long cost = reserved == 0 ? 0 : random.nextLong(reserved + 1);
      int share = random.nextInt(10_001);
      Posting settled = Posting.settle(reserved, cost, share);
      for (Posting posting :
          List.of(
              Posting.grant(reserved),
              Posting.reserve(reserved),
              settled,
              Posting.release(reserved),
              Posting.expire(reserved),
              Posting.reverse(settled),
              Posting.reverse(Posting.grant(cost)))) {
        assertThat(total(posting)).as("%s %s %s", reserved, cost, share).isZero();
        assertThat(posting.entries()).noneMatch(entry -> entry.amount() == 0);
      }
      assertThat(settled.on(OPERATOR_PAYABLE)).isBetween(0L, cost);
      assertThat(settled.on(RESERVED)).isEqualTo(-reserved);
      assertThat(settled.on(REVENUE) + settled.on(OPERATOR_PAYABLE)).isEqualTo(cost);
    }
  }

  @Test
  void whatDoesNotBalanceIsNoPosting() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Posting(Template.GRANT, List.of(new Entry(CREDIT, 1))));
    assertThatIllegalArgumentException().isThrownBy(() -> Posting.settle(10, 11, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Posting.settle(10, -1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Posting.settle(10, 1, 10_001));
    assertThatIllegalArgumentException().isThrownBy(() -> Posting.grant(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> Posting.reverse(Posting.reserve(1)));
    assertThatIllegalArgumentException().isThrownBy(() -> new Entry(CREDIT, 0));
  }
}
