package dev.sotto.billing.pricing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PriceTest {
  @Test
  void aCostIsRoundedUpOnce() {
    Price price = new Price(1, 1_500_000, 1);
    assertThat(price.cost(0, 0)).isZero();
    assertThat(price.cost(0, 1)).isEqualTo(1);
    assertThat(price.cost(2, 1)).isEqualTo(4); // 3.000001
    assertThat(price.cost(2, 0)).isEqualTo(3);
  }

  @Test
  void theHighestPriceOfTheLongestJobIsStillExact() {
    Price price = new Price(1, Price.MOST, Price.MOST);
    assertThat(price.cost(1 << 20, 1 << 20)).isEqualTo(2L * (1 << 20) * 1_000_000);
    assertThatThrownBy(() -> new Price(1, Price.MOST + 1, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> price.cost(-1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
