package dev.sotto.cli.lane.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.cli.lane.testing.InProcessLane;
import dev.sotto.cli.lane.testing.Interloper;
import dev.sotto.cli.lane.testing.RawJob;
import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.StepRequest;
import dev.sotto.links.NodeIdentity;
import dev.sotto.node.NodeSettings;
import dev.sotto.node.peer.Kind;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A step that is delivered again is answered with what was sent before: nothing runs for it. */
class RepeatedStepTest {
  private static final NodeSettings SETTINGS =
      new NodeSettings(Duration.ofSeconds(20), Duration.ofSeconds(60), 4 << 20, 4, 2);
  private static final int[] PROMPT = SmallModel.prompt(8, 6);

  @Test
  void theStoredBytesComeBackAndNothingIsDrawn() throws Exception {
    AtomicLong rounds = new AtomicLong(); // frames of openings, and of the dealer's look-ups
    try (InProcessLane lane = InProcessLane.listen(SmallModel.shards(), SETTINGS)) {
      NodeIdentity dealer = lane.identity(Role.DEALER);
      NodeIdentity first = lane.identity(Role.EVALUATOR_0);
      NodeIdentity second = lane.identity(Role.EVALUATOR_1);
      try (Interloper counts =
          new Interloper(
              second,
              Map.of(dealer.key(), dealer, first.key(), first),
              lane.node(Role.EVALUATOR_1).address(),
              (link, inwards, frame) -> {
                if (frame.kind() == Kind.OPENING.code() || frame.kind() == Kind.LOOKED_UP.code()) {
                  rounds.incrementAndGet();
                }
                return List.of(frame);
              })) {
        LaneNode there = InProcessLane.place(Role.EVALUATOR_1, second.key(), counts.address());
        for (Role role : Role.values()) {
          lane.join(role, lane.lane(Map.of(Role.EVALUATOR_1, there)));
        }
        try (RawJob job = RawJob.ready(lane.lane(), lane.caller(), open(lane))) {
          Map<Role, StepRequest> prompt = job.step(0, 0, PROMPT);
          Map<Role, byte[]> answers = job.results(prompt);
          same(job, prompt, answers, rounds);
          // With other tokens, too: the step is over, and what it was asked does not matter.
          same(job, job.step(0, 0, SmallModel.prompt(9, 6)), answers, rounds);

          Map<Role, StepRequest> next = job.step(1, PROMPT.length, 3);
          Map<Role, byte[]> nextAnswers = job.results(next);
          assertThat(nextAnswers.get(Role.EVALUATOR_0)).isNotEqualTo(answers.get(Role.EVALUATOR_0));
          same(job, next, nextAnswers, rounds);
        }
      }
    }
  }

  private static void same(
      RawJob job, Map<Role, StepRequest> again, Map<Role, byte[]> answers, AtomicLong rounds) {
    long before = rounds.get();
    job.results(again).forEach((role, bytes) -> assertThat(bytes).isEqualTo(answers.get(role)));
    assertThat(rounds.get()).isEqualTo(before).isPositive();
  }

  private static JobOpen open(InProcessLane lane) {
    SecureRandom random = new SecureRandom();
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    return new JobOpen(
        JobId.random(random),
        lane.lane().modelDigest(),
        lane.lane().digest(),
        lane.lane().laneId(),
        PROMPT.length,
        4,
        Octets.wrap(lane.caller().key().bytes()),
        System.currentTimeMillis() + 60_000,
        Octets.wrap(nonce));
  }
}
