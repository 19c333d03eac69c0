package dev.sotto.cli.lane.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.cli.lane.testing.InProcessLane;
import dev.sotto.cli.lane.testing.RawJob;
import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.contracts.CallerKind;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.StepRequest;
import dev.sotto.links.LinkException;
import dev.sotto.links.NodeIdentity;
import dev.sotto.links.WrongPeer;
import dev.sotto.nn.ClearRun;
import dev.sotto.node.NodeSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What callers must not ask for is refused in one sentence, and the nodes serve the next job. */
@TestInstance(Lifecycle.PER_CLASS)
class HostileCallerTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final NodeSettings SETTINGS =
      new NodeSettings(Duration.ofSeconds(20), Duration.ofSeconds(60), 4 << 20, 4, 2);
  private static final int[] PROMPT = SmallModel.prompt(2, 6);

  private final InProcessLane lane;

  HostileCallerTest() throws IOException {
    lane = InProcessLane.start(SmallModel.shards(), SETTINGS);
  }

  @AfterAll
  void stop() throws IOException {
    lane.close();
  }

  /** With two places for jobs at each node, none may be lost. */
  @AfterEach
  void theNextJobIsAnswered() {
    ClearRun clear = SmallModel.clear().start();
    try (LaneJob job = lane.open(PROMPT.length, 2)) {
      SmallModel.assertClose(job.next(PROMPT), clear.logits(PROMPT));
      SmallModel.assertClose(job.next(9), clear.logits(9));
    }
  }

  /** A first message, to be spoilt in one field. */
  static final class Draft {
    JobId id = JobId.random(RANDOM);
    String model;
    String digest;
    String laneId;
    int prompt = PROMPT.length;
    int most = 4;
    byte[] key;
    long expires = System.currentTimeMillis() + 60_000;
    byte[] nonce = new byte[32];

    Draft(InProcessLane lane) {
      model = lane.lane().modelDigest();
      digest = lane.lane().digest();
      laneId = lane.lane().laneId();
      key = lane.caller().key().bytes();
      RANDOM.nextBytes(nonce);
    }

    JobOpen open() {
      return new JobOpen(
          id, model, digest, laneId, prompt, most, Octets.wrap(key), expires, Octets.wrap(nonce));
    }
  }

  private Failure refusedOpening(JobOpen open, Role role) {
    try (RawJob job = new RawJob(lane.lane(), lane.caller(), open, role)) {
      job.send(role, CallerKind.OPEN, 0, open.encode());
      return job.failure(role);
    }
  }

  static Stream<Arguments> openings() {
    return Stream.of(
        opening("model", d -> d.model = "ab".repeat(32), Failure.Code.REFUSED, "another model"),
        opening("lane", d -> d.laneId = "other", Failure.Code.REFUSED, "another model or lane"),
        opening("pins", d -> d.digest = "ab".repeat(32), Failure.Code.REFUSED, "model or lane"),
        opening("key", d -> d.key = new byte[32], Failure.Code.REFUSED, "to no other key"),
        opening("context", d -> d.most = 507 + 1, Failure.Code.REFUSED, "513 tokens exceed"),
        opening("huge", d -> d.prompt = JobOpen.MAX_TOKENS, Failure.Code.REFUSED, "context of 512"),
        opening("late", d -> d.expires = 1, Failure.Code.EXPIRED, "has expired"),
        opening(
            "long life",
            d -> d.expires += Duration.ofDays(2).toMillis(),
            Failure.Code.REFUSED,
            "at most 120 minutes ahead"));
  }

  private static Arguments opening(
      String name, Consumer<Draft> spoil, Failure.Code code, String sentence) {
    return Arguments.of(name, spoil, code, sentence);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("openings")
  void aJobThatDoesNotFitIsRefused(
      String name, Consumer<Draft> spoil, Failure.Code code, String sentence) {
    Draft draft = new Draft(lane);
    spoil.accept(draft);
    for (Role role : Role.values()) {
      Failure failure = refusedOpening(draft.open(), role);
      assertThat(failure.code()).isEqualTo(code);
      assertThat(failure.sentence()).contains(sentence);
    }
  }

  @Test
  void aNonceOrAnIdIsAcceptedOnce() {
    Draft first = new Draft(lane);
    try (RawJob job = RawJob.ready(lane.lane(), lane.caller(), first.open())) {
      job.results(job.step(0, 0, PROMPT));
    }
    Draft sameId = new Draft(lane);
    sameId.id = first.id;
    Draft sameNonce = new Draft(lane);
    sameNonce.nonce = first.nonce;
    sameNonce.prompt = 5;
    for (Draft again : List.of(first, sameId, sameNonce)) {
      for (Role role : Role.values()) {
        assertThat(refusedOpening(again.open(), role).code()).isEqualTo(Failure.Code.REPLAYED);
      }
    }
  }

  @Test
  void rolesThatAreToldDifferentThingsDoNotStart() {
    Draft draft = new Draft(lane);
    Map<Role, JobOpen> told = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      told.put(role, draft.open());
    }
    draft.prompt++;
    told.put(Role.EVALUATOR_1, draft.open());
    Map<Role, RawJob> callers = new EnumMap<>(Role.class);
    try {
      told.forEach(
          (role, open) -> {
            RawJob job = new RawJob(lane.lane(), lane.caller(), open, role);
            callers.put(role, job);
            job.send(role, CallerKind.OPEN, 0, open.encode());
          });
      RawJob second = java.util.Objects.requireNonNull(callers.get(Role.EVALUATOR_1));
      Failure failure = second.failure(Role.EVALUATOR_1);
      assertThat(failure.code()).isEqualTo(Failure.Code.DIVERGED);
      assertThat(failure.sentence()).contains("told the roles different things");
    } finally {
      callers.values().forEach(RawJob::close);
    }
  }

  @Test
  void firstMessagesThatAreNoneAreRefused() {
    Random random = new Random(12);
    byte[] good = new Draft(lane).open().encode();
    List<byte[]> bad = new ArrayList<>(List.of(new byte[0], new byte[1], new byte[1 << 16]));
    for (int i = 0; i < 20; i++) {
      bad.add(Arrays.copyOf(good, random.nextInt(good.length)));
      byte[] changed = good.clone();
      changed[random.nextInt(2)] ^= (byte) (1 + random.nextInt(255)); // its type or its version
      bad.add(changed);
    }
    JobOpen open = new Draft(lane).open();
    Role[] roles = Role.values();
    for (byte[] bytes : bad) {
      Role role = roles[random.nextInt(3)];
      try (RawJob job = new RawJob(lane.lane(), lane.caller(), open, role)) {
        job.send(role, CallerKind.OPEN, 0, bytes);
        Failure failure = job.failure(role);
        assertThat(failure.code()).isEqualTo(Failure.Code.REFUSED);
        assertThat(failure.sentence()).startsWith("JobOpen.");
      }
    }
    try (RawJob job = new RawJob(lane.lane(), lane.caller(), open, Role.EVALUATOR_0)) {
      job.send(Role.EVALUATOR_0, CallerKind.OPEN.code(), 77, 0, open.encode());
      assertThat(job.failure(Role.EVALUATOR_0).sentence()).contains("session is not the job's");
      job.send(Role.EVALUATOR_0, CallerKind.STEP, 0, new byte[9]);
      assertThat(job.failure(Role.EVALUATOR_0).sentence()).contains("opens a job before");
    }
  }

  /** What is sent instead of step 1, after step 0 was run. */
  record Spoilt(int kind, long session, byte[] bytes) {}

  /** Makes it from what would be right. */
  @FunctionalInterface
  interface Spoil {
    Spoilt of(StepRequest right, long session);
  }

  private static Spoil step(java.util.function.UnaryOperator<StepRequest> change) {
    return (right, session) ->
        new Spoilt(CallerKind.STEP.code(), session, change.apply(right).encode());
  }

  private static StepRequest with(StepRequest r, List<Octets> keys) {
    return new StepRequest(r.jobId(), r.serial(), r.position(), r.tokens(), keys);
  }

  static Stream<Arguments> steps() {
    int kind = CallerKind.STEP.code();
    return Stream.of(
        spoil("ahead", step(r -> at(r, 2, r.position())), "step 2 is not the one that is due"),
        spoil("far ahead", step(r -> at(r, 1L << 40, r.position())), "is not the one that is due"),
        spoil("elsewhere", step(r -> at(r, 1, 0)), "another shape than was agreed"),
        spoil(
            "wider",
            step(r -> new StepRequest(r.jobId(), 1, r.position(), 2, twice(r.keys()))),
            "another shape"),
        spoil("keyless", step(r -> with(r, List.of())), "two look-up keys a token"),
        spoil("many keys", step(r -> with(r, twice(r.keys()))), "two look-up keys a token"),
        spoil(
            "short key",
            step(r -> with(r, List.of(r.keys().get(0), Octets.wrap(new byte[16])))),
            "a look-up key is malformed"),
        spoil(
            "garbage key",
            step(r -> with(r, List.of(r.keys().get(0), noise(r.keys().get(1).length())))),
            "a look-up key is malformed"),
        spoil(
            "other job",
            step(r -> new StepRequest(JobId.random(RANDOM), 1, r.position(), 1, r.keys())),
            "belongs to another job"),
        spoil("garbage", (r, s) -> new Spoilt(kind, s, noise(400).toArray()), "StepRequest."),
        spoil("nothing", (r, s) -> new Spoilt(kind, s, new byte[0]), "StepRequest."),
        spoil("other session", (r, s) -> new Spoilt(kind, ~s, r.encode()), "another job"),
        spoil("a result", (r, s) -> new Spoilt(11, s, r.encode()), "something that is no step"),
        spoil("a peer's frame", (r, s) -> new Spoilt(2, s, r.encode()), "that is no step"),
        spoil(
            "another job's opening",
            (r, s) -> new Spoilt(CallerKind.OPEN.code(), s, r.encode()),
            "has not closed its last job"));
  }

  private static Arguments spoil(String name, Spoil spoil, String sentence) {
    return Arguments.of(name, spoil, sentence);
  }

  private static StepRequest at(StepRequest r, long serial, int position) {
    return new StepRequest(r.jobId(), serial, position, r.tokens(), r.keys());
  }

  private static List<Octets> twice(List<Octets> keys) {
    List<Octets> doubled = new ArrayList<>(keys);
    doubled.addAll(keys);
    return doubled;
  }

  private static Octets noise(int length) {
    byte[] noise = new byte[length];
    new Random(length).nextBytes(noise);
    return Octets.wrap(noise);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("steps")
  void aStepThatIsNotDueEndsTheJob(String name, Spoil spoil, String sentence) {
    for (Role role : Role.values()) {
      JobOpen open = new Draft(lane).open();
      long session = ByteBuffer.wrap(open.hash()).getLong();
      try (RawJob job = RawJob.ready(lane.lane(), lane.caller(), open)) {
        job.results(job.step(0, 0, PROMPT));
        Map<Role, StepRequest> right = job.step(1, PROMPT.length, 9);
        for (Role each : Role.values()) {
          StepRequest r = java.util.Objects.requireNonNull(right.get(each));
          if (each == role) {
            Spoilt s = spoil.of(r, session);
            job.send(role, s.kind(), s.session(), 1, s.bytes());
          } else {
            job.send(each, CallerKind.STEP, 1, r.encode());
          }
        }
        Failure failure = job.failure(role);
        assertThat(failure.code()).isEqualTo(Failure.Code.REFUSED);
        assertThat(failure.sentence()).contains(sentence).matches("[\\x20-\\x7e]+");
        assertThatThrownBy(() -> job.receive(role)).isInstanceOf(LinkException.class);
      }
    }
  }

  @Test
  void aStepOfThePastIsNotRunAgain() {
    for (Role role : Role.values()) {
      try (RawJob job = RawJob.ready(lane.lane(), lane.caller(), new Draft(lane).open())) {
        Map<Role, StepRequest> first = job.step(0, 0, PROMPT);
        job.results(first);
        job.results(job.step(1, PROMPT.length, 9));
        StepRequest again = java.util.Objects.requireNonNull(first.get(role));
        job.send(role, CallerKind.STEP, 0, again.encode());
        assertThat(job.failure(role).code()).isEqualTo(Failure.Code.REPLAYED);
      }
    }
  }

  @Test
  void stepsThatComeFasterThanTheyAreRunAreBounded() {
    try (RawJob job = RawJob.ready(lane.lane(), lane.caller(), new Draft(lane).open())) {
      byte[] step =
          java.util.Objects.requireNonNull(job.step(0, 0, PROMPT).get(Role.EVALUATOR_0)).encode();
      for (int i = 0; i < 8; i++) { // the others were told nothing: the first of these waits
        job.send(Role.EVALUATOR_0, CallerKind.STEP, 0, step);
      }
    }
  }

  @Test
  void strangersAreNotServed() {
    NodeIdentity stranger = NodeIdentity.create();
    JobOpen open = new Draft(lane).open();
    assertThatThrownBy(() -> new RawJob(lane.lane(), stranger, open, Role.DEALER))
        .isInstanceOf(WrongPeer.class);
  }

  @Test
  void moreJobsThanPlacesAreToldSo() {
    List<RawJob> jobs = new ArrayList<>();
    try {
      for (int i = 0; i < SETTINGS.jobs(); i++) {
        jobs.add(RawJob.ready(lane.lane(), lane.caller(), new Draft(lane).open()));
      }
      assertThat(refusedOpening(new Draft(lane).open(), Role.DEALER).code())
          .isEqualTo(Failure.Code.BUSY);
    } finally {
      jobs.forEach(RawJob::close);
    }
  }
}
