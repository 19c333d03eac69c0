package dev.sotto.contracts.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.receipt.Verdict;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DigestSharedTest {
  private static final String JOB = "0123456789abcdef".repeat(2);
  private static final String LANE = "0123456789abcdef".repeat(4);

  private static String bits(int bytes) {
    byte[] bits = new byte[bytes];
    new Random(bytes).nextBytes(bits);
    return Base64.getEncoder().encodeToString(bits);
  }

  private static DigestShared shared(Role role, int serial, int from, int count, int bytes) {
    return new DigestShared(JOB, LANE, 0, role, serial, from, count, bits(bytes));
  }

  @Test
  void eventsSurviveTheirEncoding() {
    for (Event event :
        List.of(
            shared(Role.EVALUATOR_1, 17, 1, 16, 16 * DigestPoint.STEP_BYTES),
            new JobVerified(JOB, new UUID(1, 2), Verdict.DISAGREE, List.of(LANE), 5, LANE))) {
      EventRecord told = new EventRecord(new UUID(3, 4), 5, event);
      assertThat(EventCodec.decode(EventCodec.encode(told))).isEqualTo(told);
    }
  }

  @Test
  void hidesItsBits() {
    DigestShared shared = shared(Role.EVALUATOR_0, 2, 1, 1, DigestPoint.STEP_BYTES);
    assertThat(shared.toString()).doesNotContain(shared.bits());
    assertThat(shared.octets().length()).isEqualTo(DigestPoint.STEP_BYTES);
  }

  @Test
  void whatIsNoDigestIsRefusedByName() {
    int one = DigestPoint.STEP_BYTES;
    assertThatThrownBy(() -> shared(Role.DEALER, 2, 1, 1, one)).hasMessageContaining(".role");
    assertThatThrownBy(() -> shared(Role.EVALUATOR_0, 3, 1, 1, one)).hasMessageContaining("serial");
    assertThatThrownBy(() -> shared(Role.EVALUATOR_0, 18, 1, 17, 17 * one))
        .hasMessageContaining("count");
    assertThatThrownBy(() -> shared(Role.EVALUATOR_0, 2, 1, 1, one - 1))
        .hasMessageContaining("DigestShared.bits");
    assertThatThrownBy(() -> new DigestShared(JOB, LANE, 0, Role.EVALUATOR_0, 2, 1, 1, "%"))
        .isInstanceOf(BadMessage.class)
        .hasMessage("DigestShared.bits must be base64");
    assertThatThrownBy(
            () -> new DigestShared(JOB, LANE, 0, Role.EVALUATOR_0, 2, 1, 1, "A".repeat(1 << 20)))
        .hasMessageContaining("length");
  }
}
