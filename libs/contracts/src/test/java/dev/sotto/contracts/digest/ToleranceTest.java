package dev.sotto.contracts.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToleranceTest {
  private static final MathContext EXACT = new MathContext(60);

  /** The probability that more than {@code most} differ, term by term. */
  private static double beyond(int bits, double part, int most) {
    BigDecimal p = new BigDecimal(part);
    BigDecimal q = BigDecimal.ONE.subtract(p);
    BigDecimal term = q.pow(bits, EXACT);
    BigDecimal sum = BigDecimal.ZERO;
    for (int k = 0; k <= bits; k++) {
      sum = k > most ? sum.add(term, EXACT) : sum;
      term =
          term.multiply(new BigDecimal(bits - k), EXACT)
              .divide(new BigDecimal(k + 1), EXACT)
              .multiply(p, EXACT)
              .divide(q, EXACT);
    }
    return sum.doubleValue();
  }

  @ParameterizedTest
  @CsvSource({"128, 0.1", "1024, 0.22", "2048, 0.1", "16384, 0.22", "8, 0.01"})
  void isTheLeastNumberThatIsRarelyExceeded(int bits, double part) {
    int most = Tolerance.most(bits, part);
    assertThat(beyond(bits, part, most)).isLessThanOrEqualTo(Tolerance.FALSE_ALARM * 1.001);
    assertThat(beyond(bits, part, most - 1)).isGreaterThan(Tolerance.FALSE_ALARM);
  }

  @Test
  void unrelatedDigestsAreFarBeyondIt() {
    for (DigestPoint point : DigestPoint.values()) {
      double half = point.bits() / 2.0;
      double deviation = Math.sqrt(point.bits()) / 2;
      assertThat((double) Tolerance.most(point, 1)).isLessThan(half - 3.5 * deviation);
      assertThat((double) Tolerance.most(point, 4)).isLessThan(4 * half - 12 * deviation);
    }
  }

  @Test
  void refusesWhatNoDigestHas() {
    assertThatThrownBy(() -> Tolerance.most(0, 0.1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tolerance.most(8, 0.5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tolerance.most(8, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void distancesAreOfTheirOwnPointOnly() {
    Random random = new Random(3);
    byte[] one = new byte[DigestPoint.STEP_BYTES];
    byte[] other = one.clone();
    int[] want = new int[2];
    for (int i = 0; i < 200; i++) {
      int bit = random.nextInt(DigestPoint.STEP_BITS);
      if ((other[bit / 8] & 1 << bit % 8) == 0) {
        other[bit / 8] ^= (byte) (1 << bit % 8);
        want[bit < 128 ? 0 : 1]++;
      }
    }
    assertThat(DigestPoint.FINAL_STATE.distance(one, other)).isEqualTo(want[0]);
    assertThat(DigestPoint.LOGITS.distance(one, other)).isEqualTo(want[1]);
    assertThat(DigestPoint.FINAL_STATE.bits() + DigestPoint.LOGITS.bits())
        .isEqualTo(DigestPoint.STEP_BITS);
  }
}
