package dev.sotto.client.platform;

import static dev.sotto.client.platform.TestPlatform.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.digest.DigestPoint;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where lanes are compared, all that they answer is digested, after it was sent. */
class DigestedJobTest {
  private static final InstantSource NOON =
      InstantSource.fixed(Instant.parse("2026-11-26T12:00:00Z"));
  private static final int[] PROMPT = {4, 8, 15};

  private final TestPlatform platform = new TestPlatform();
  private final TestLane first = platform.lane("lane-1", DigestedJobTest::model);
  private final TestLane second = platform.lane("lane-2", DigestedJobTest::model);

  private static float[] model(List<Integer> sequence) {
    float[] logits = new float[MODEL.vocab()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = Math.floorMod(sequence.hashCode() * 31 + i * 17, 4096) / 256f - 8;
    }
    return logits;
  }

  private PlatformJob open(Protection protection, int most, TestLane... lanes) {
    platform.placements.add(List.of(lanes));
    JobRequest request =
        new JobRequest(
            JobId.random(new SecureRandom()),
            "small",
            protection,
            PROMPT.length,
            most,
            NOON.instant().plusSeconds(600));
    return PlatformJob.open(platform, platform.roots(), MODEL, request, NOON);
  }

  private static void answer(PlatformJob job, int tokens) {
    job.next(PROMPT);
    for (int i = 1; i < tokens; i++) {
      job.next(i);
    }
  }

  /** Both evaluators' published shares of a window, put together. */
  private static byte[] padded(TestLane lane, int window) {
    byte[] sum = lane.published.get(2 * window).clone();
    byte[] other = lane.published.get(2 * window + 1);
    for (int i = 0; i < sum.length; i++) {
      sum[i] ^= other[i];
    }
    return sum;
  }

  @Test
  void everyAnswerIsDigestedUnderOnePadForAllLanes() {
    try (PlatformJob job = open(Protection.COMPARED, 40, first, second)) {
      answer(job, 37);
      assertThat(first.kept).hasSize(5);
      job.finished();
      assertThat(job.undigested()).isEmpty();
    }
    assertThat(platform.ends).containsExactly(Reason.FINISHED);
    assertThat(first.kept).isEmpty();
    assertThat(first.published).hasSize(6);
    assertThat(new HashSet<>(first.seeds)).as("a seed is used once").hasSize(3);
    assertThat(second.seeds).isEqualTo(first.seeds);
    for (int window = 0; window < 3; window++) {
      // Lanes with the same logits: what is left is the pad alone, and it is the same.
      assertThat(padded(second, window)).isEqualTo(padded(first, window));
      assertThat(second.published.get(2 * window)).isNotEqualTo(first.published.get(2 * window));
    }
    byte[] one = padded(first, 0);
    byte[] other = padded(first, 1);
    int bits = 0;
    for (int i = 0; i < one.length; i++) {
      bits += Integer.bitCount((one[i] ^ other[i]) & 0xff);
    }
    int all = 8 * one.length;
    assertThat(bits).as("pads are fresh").isBetween(all / 2 - all / 20, all / 2 + all / 20);
  }

  @Test
  void theLastDigestByPlanComesByItself() {
    try (PlatformJob job = open(Protection.COMPARED, 18, first, second)) {
      answer(job, 18);
      assertThat(first.published).hasSize(4);
      job.finished();
    }
    assertThat(first.published).hasSize(4);
  }

  @Test
  void distancesBetweenLanesAreThoseOfTheirLogits() {
    TestLane other =
        platform.lane(
            "lane-3",
            sequence -> {
              float[] logits = model(sequence);
              logits[7] += 0.25f;
              return logits;
            });
    try (PlatformJob job = open(Protection.COMPARED, 4, first, other)) {
      answer(job, 4);
      job.finished();
    }
    byte[] one = padded(first, 0);
    byte[] two = padded(other, 0);
    byte[] step = Arrays.copyOf(one, DigestPoint.STEP_BYTES);
    int distance = DigestPoint.LOGITS.distance(step, Arrays.copyOf(two, DigestPoint.STEP_BYTES));
    assertThat(distance).isBetween(10, 150);
    assertThat(DigestPoint.FINAL_STATE.distance(one, two)).isZero();
  }

  /** Less than what two honest lanes may differ by, and not what the lane has sent. */
  @Test
  void aLaneThatDigestsOtherLogitsThanItSentIsNotBelieved() {
    second.keeps =
        words -> {
          long[] others = words.clone();
          others[9] += 1 << 11;
          return others;
        };
    PlatformJob job = open(Protection.COMPARED, 8, first, second);
    answer(job, 5);
    assertThatThrownBy(job::finished)
        .isInstanceOf(LaneDistrusted.class)
        .hasMessageContaining("disagree");
    job.close();
    assertThat(platform.ends).containsExactly(Reason.DISTRUSTED);
  }

  @Test
  void theSameIsFoundInTheMiddleOfAnAnswer() {
    first.keeps = words -> new long[words.length];
    PlatformJob job = open(Protection.COMPARED, 40, first, second);
    assertThatThrownBy(() -> answer(job, 16)).isInstanceOf(LaneDistrusted.class);
    assertThat(platform.ends).containsExactly(Reason.DISTRUSTED);
  }

  @Test
  void aLaneThatIsGoneAtTheEndLeavesTheAnswerWhatItIs() {
    try (PlatformJob job = open(Protection.COMPARED, 8, first, second)) {
      answer(job, 3);
      second.failsWith =
          new Failure(
              platform.requests.getFirst().jobId(), Failure.Code.PEER_GONE, "evaluator-1 is gone");
      job.finished();
      assertThat(job.undigested()).isPresent();
    }
    assertThat(platform.ends).containsExactly(Reason.FINISHED);
  }

  @Test
  void oneLaneIsNotDigested() {
    try (PlatformJob job = open(Protection.PASSIVE, 20, first)) {
      answer(job, 18);
      job.finished();
    }
    assertThat(first.published).isEmpty();
    assertThat(first.kept).hasSize(18);
  }
}
