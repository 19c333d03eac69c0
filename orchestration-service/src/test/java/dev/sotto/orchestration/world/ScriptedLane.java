package dev.sotto.orchestration.world;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Message;
import dev.sotto.contracts.NodeClose;
import dev.sotto.contracts.NodeStep;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.event.NodeAnnounced.State;
import dev.sotto.contracts.event.Topic;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.orchestration.Manifests;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The three nodes of a lane of one stage: they announce themselves, and answer each step at once.
 */
public final class ScriptedLane implements AutoCloseable {
  private static final long EVERY_NANOS = 400_000_000;

  private final Broker broker;
  private final SignedManifest signed;
  private final Manifest manifest;
  private final Broker.Following following;
  private final Map<Role, NodeAnnounced> says = new EnumMap<>(Role.class); // guarded by itself
  private final Queue<NodeStep> steps = new ConcurrentLinkedQueue<>();
  private final Map<JobId, Integer> closes = new ConcurrentHashMap<>();
  private volatile boolean silent;
  private volatile boolean mute;
  private volatile int copies = 1;
  private volatile Failure.@Nullable Code failing;
  private long saidAt = System.currentTimeMillis(); // guarded by says
  private long toldAt = System.nanoTime() - EVERY_NANOS;

  /** Its nodes are there, ready, with {@code slots} each. */
  public ScriptedLane(Broker broker, SignedManifest signed, int slots) {
    this.broker = broker;
    this.signed = signed;
    this.manifest = Manifests.read(signed);
    for (Role role : Role.values()) {
      says.put(role, announced(role, State.READY, System.currentTimeMillis() - 1000, slots));
    }
    List<String> topics =
        Stream.of(Role.values()).map(role -> Topic.ofNode(identity(role))).toList();
    Map<String, Integer> made = new ConcurrentHashMap<>();
    topics.forEach(topic -> made.put(topic, 1));
    broker.make(made);
    this.following = broker.follow(topics, this::tick, this::read);
  }

  private NodeAnnounced announced(Role role, State state, long startedAt, int slots) {
    NodeAnnounced plain = Manifests.says(signed, 0, role, state, startedAt);
    return new NodeAnnounced(
        plain.identity(),
        plain.operator(),
        signed,
        0,
        role,
        "127.0.0.1",
        4000,
        1000,
        1024,
        slots,
        state,
        startedAt,
        System.currentTimeMillis());
  }

  /** Said once more, now. */
  private NodeAnnounced now(NodeAnnounced said) {
    saidAt = Math.max(System.currentTimeMillis(), saidAt + 1);
    return new NodeAnnounced(
            said.identity(),
            said.operator(),
            said.lane(),
            said.stage(),
            said.role(),
            said.host(),
            said.port(),
            said.vocab(),
            said.context(),
            said.slots(),
            said.state(),
            said.startedAt(),
            saidAt)
        .signed(Manifests.signer(said.identity()));
  }

  /** The manifest. */
  public SignedManifest signed() {
    return signed;
  }

  /** Its name. */
  public String laneId() {
    return manifest.laneId();
  }

  /** A node's key. */
  public String identity(Role role) {
    return manifest.stages().getFirst().node(role).identity();
  }

  /** A node says something else from now on. */
  public void say(Role role, UnaryOperator<NodeAnnounced> change) {
    synchronized (says) {
      NodeAnnounced next = says.computeIfPresent(role, (r, said) -> now(change.apply(said)));
      if (next != null) {
        broker.tell(next);
      }
    }
  }

  /** A node's process begins anew. */
  public void restart(Role role) {
    say(
        role,
        now ->
            announced(
                role,
                State.READY,
                Math.max(now.startedAt() + 1, System.currentTimeMillis()),
                now.slots()));
  }

  /** A node's state changes. */
  public void state(Role role, State state) {
    say(role, now -> announced(role, state, now.startedAt(), now.slots()));
  }

  /** Its nodes say nothing any more, or again. */
  public void silent(boolean now) {
    silent = now;
  }

  /** Its nodes do not answer any more, or again; steps that came meanwhile are not answered. */
  public void mute(boolean now) {
    mute = now;
  }

  /** How many times each answer is sent. */
  public void copies(int now) {
    copies = now;
  }

  /** Evaluator-1 gives up every job from now on; null for no more. */
  public void failing(Failure.@Nullable Code code) {
    failing = code;
  }

  /** All parts of steps that have come for a job. */
  public List<NodeStep> steps(JobId job) {
    return steps.stream().filter(step -> step.jobId().equals(job)).toList();
  }

  /** How many of its nodes were told that a job is over, each time counted. */
  public int closes(JobId job) {
    return closes.getOrDefault(job, 0);
  }

  private void tick() {
    if (!silent && System.nanoTime() - toldAt > EVERY_NANOS) {
      toldAt = System.nanoTime();
      synchronized (says) {
        says.replaceAll((role, said) -> now(said));
        says.values().forEach(broker::tell);
      }
    }
  }

  private void read(ConsumerRecord<String, byte[]> record) {
    Message message = Message.decode(record.value());
    if (message instanceof NodeClose close) {
      closes.merge(close.jobId(), 1, Integer::sum);
    }
    if (message instanceof NodeStep step) {
      steps.add(step);
      for (Role role : Role.values()) {
        if (record.topic().equals(Topic.ofNode(identity(role))) && !mute) {
          answer(step, role);
        }
      }
    }
  }

  /** Answers a step, or anything at all. */
  public void answer(NodeStep step, Role role) {
    Failure.Code code = role == Role.EVALUATOR_1 ? failing : null;
    PartialResult.Outcome outcome =
        code == null
            ? new PartialResult.Outcome.Sealed(
                Octets.wrap(new byte[step.serial() == 0 ? 1120 : 0]), Octets.wrap(new byte[48]))
            : new PartialResult.Outcome.Failed(new Failure(step.jobId(), code, "scripted"));
    PartialResult result =
        new PartialResult(step.jobId(), laneId(), 0, role, step.serial(), Usage.NONE, outcome)
            .signed(identity(role), signed.digest(), Manifests.signer(identity(role)));
    for (int copy = 0; copy < copies; copy++) {
      broker.send(Topic.PARTIAL_RESULTS, step.jobId().toString(), result);
    }
  }

  @Override
  public void close() {
    following.close();
  }
}
