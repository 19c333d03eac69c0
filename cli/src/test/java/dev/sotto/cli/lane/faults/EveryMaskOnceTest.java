package dev.sotto.cli.lane.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.cli.lane.testing.InProcessLane;
import dev.sotto.cli.lane.testing.Interloper;
import dev.sotto.cli.lane.testing.Interloper.Passing;
import dev.sotto.cli.lane.testing.RawJob;
import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.contracts.CallerKind;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.StepRequest;
import dev.sotto.links.NodeIdentity;
import dev.sotto.node.NodeSettings;
import dev.sotto.node.peer.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All that roles say to each other, recorded over a step that is delivered twice, a job's id that
 * comes again with another prompt, nodes that are restored from their identity files and shards and
 * given the very same job, and a step that fails and is tried again. Prompt and look-up keys are
 * the same in all of them, so that a mask that serves twice would show the same word twice: none
 * does.
 */
class EveryMaskOnceTest {
  private static final NodeSettings SETTINGS =
      new NodeSettings(Duration.ofSeconds(30), Duration.ofSeconds(120), 4 << 20, 4, 2);
  private static final Set<Integer> MASKED =
      Set.of(Kind.OPENING.code(), Kind.DEALT.code(), Kind.LOOKED_UP.code());
  private static final int[] PROMPT = SmallModel.prompt(8, 6);

  @TempDir private Path folder;
  private final NodeIdentity caller = NodeIdentity.create();
  private final Recording recording = new Recording();

  /** Every aligned word of 64 bits in a masked payload, wherever it passes. */
  private static final class Recording implements Interloper.Tampering {
    private final Set<Long> words = new HashSet<>();
    private long twice;
    private int openings;
    private int breakAt = -1; // which opening is cut short

    @Override
    public synchronized List<Passing> instead(Object link, boolean inwards, Passing f) {
      if (!MASKED.contains(f.kind())) {
        return List.of(f);
      }
      ByteBuffer payload = ByteBuffer.wrap(f.payload());
      while (payload.remaining() >= Long.BYTES) {
        twice += words.add(payload.getLong()) ? 0 : 1;
      }
      if (f.kind() == Kind.OPENING.code() && openings++ == breakAt) {
        byte[] less = java.util.Arrays.copyOf(f.payload(), Math.max(0, f.payload().length - 1));
        return List.of(new Passing(f.kind(), f.session(), f.step(), less));
      }
      return List.of(f);
    }

    synchronized int size() {
      return words.size();
    }

    synchronized long twice() {
      return twice;
    }

    synchronized void breakAfter(int more) {
      breakAt = openings + more;
    }
  }

  /** Three nodes as if just started, with the recorder before evaluator-1. */
  private final class Restored implements AutoCloseable {
    private final InProcessLane lane;
    private final Interloper listens;

    Restored() throws IOException {
      Map<Role, NodeIdentity> saved = new EnumMap<>(Role.class);
      for (Role role : Role.values()) {
        Path file = folder.resolve(role + ".identity");
        if (java.nio.file.Files.notExists(file)) {
          NodeIdentity.create().save(file);
        }
        saved.put(role, NodeIdentity.load(file));
      }
      lane = InProcessLane.listen(SmallModel.shards(), SETTINGS, saved, caller);
      NodeIdentity dealer = lane.identity(Role.DEALER);
      NodeIdentity first = lane.identity(Role.EVALUATOR_0);
      NodeIdentity second = lane.identity(Role.EVALUATOR_1);
      listens =
          new Interloper(
              second,
              Map.of(dealer.key(), dealer, first.key(), first),
              lane.node(Role.EVALUATOR_1).address(),
              recording);
      LaneNode there = InProcessLane.place(Role.EVALUATOR_1, second.key(), listens.address());
      for (Role role : Role.values()) {
        lane.join(role, lane.lane(Map.of(Role.EVALUATOR_1, there)));
      }
    }

    RawJob ready(JobOpen open) {
      return RawJob.ready(lane.lane(), caller, open);
    }

    @Override
    public void close() throws IOException {
      listens.close();
      lane.close();
    }
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
        System.currentTimeMillis() + Duration.ofMinutes(30).toMillis(),
        Octets.wrap(nonce),
        false);
  }

  private static JobOpen withPrompt(JobOpen open, int tokens) {
    return new JobOpen(
        open.jobId(),
        open.modelDigest(),
        open.manifestDigest(),
        open.laneId(),
        tokens,
        open.maxTokens(),
        open.resultKey(),
        open.expiresAt(),
        open.nonce(),
        open.digested());
  }

  /** The same tokens and keys for another job. */
  private static Map<Role, StepRequest> forJob(JobOpen open, Map<Role, StepRequest> requests) {
    Map<Role, StepRequest> all = new HashMap<>();
    requests.forEach(
        (role, r) ->
            all.put(
                role,
                new StepRequest(open.jobId(), r.serial(), r.position(), r.tokens(), r.keys())));
    return all;
  }

  @Test
  void overAllOfThemNoWordIsSaidTwice() throws Exception {
    List<Integer> sizes = new ArrayList<>();
    JobOpen job;
    Map<Role, StepRequest> prompt;
    Map<Role, StepRequest> next;
    try (Restored nodes = new Restored()) {
      job = open(nodes.lane);
      try (RawJob running = nodes.ready(job)) {
        prompt = running.step(0, 0, PROMPT);
        next = running.step(1, PROMPT.length, 3);
        Map<Role, byte[]> answers = running.results(prompt);
        assertThat(running.results(prompt).get(Role.EVALUATOR_0))
            .isEqualTo(answers.get(Role.EVALUATOR_0)); // delivered twice
        running.results(next);
      }
      sizes.add(recording.size());
      JobOpen again = withPrompt(job, PROMPT.length + 1);
      try (RawJob replayed = new RawJob(nodes.lane.lane(), caller, again, Role.values())) {
        for (Role role : Role.values()) {
          replayed.send(role, CallerKind.OPEN, 0, again.encode());
          assertThat(replayed.failure(role).code()).isEqualTo(Failure.Code.REPLAYED);
        }
      }
    }
    try (Restored nodes = new Restored();
        RawJob running = nodes.ready(job)) {
      running.results(prompt);
      running.results(next);
      sizes.add(recording.size());
    }
    try (Restored nodes = new Restored()) {
      try (RawJob running = nodes.ready(job)) {
        recording.breakAfter(40);
        prompt.forEach((role, r) -> running.send(role, CallerKind.STEP, 0, r.encode()));
        assertThat(running.failure(Role.EVALUATOR_0).sentence()).isNotBlank();
        sizes.add(recording.size());
      }
      JobOpen retried = open(nodes.lane);
      try (RawJob running = nodes.ready(retried)) {
        running.results(forJob(retried, prompt));
        running.results(forJob(retried, next));
      }
      sizes.add(recording.size());
    }
    assertThat(recording.twice()).isZero();
    // Each run said much that is new: had nothing passed, nothing would have been compared.
    int before = 0;
    for (int size : sizes) {
      assertThat(size - before).isGreaterThan(5_000);
      before = size;
    }
  }

  /** What the recording must catch: a frame whose words were said before. */
  @Test
  void aWordThatIsSaidTwiceIsCounted() {
    byte[] payload = new byte[30];
    new SecureRandom().nextBytes(payload);
    Passing frame = new Passing(Kind.OPENING.code(), 1, 0, payload);
    recording.instead(this, true, frame);
    assertThat(recording.twice()).isZero();
    recording.instead(this, false, new Passing(Kind.DEALT.code(), 2, 5, payload));
    assertThat(recording.twice()).isEqualTo(3);
  }
}
