package dev.sotto.orchestration.world;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.SealedPart;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.event.CreditGranted;
import dev.sotto.contracts.event.CreditRefused;
import dev.sotto.contracts.event.CreditRequested;
import dev.sotto.contracts.event.Event;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobFinishRequested;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.contracts.event.Topic;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.orchestration.Manifests;
import dev.sotto.orchestration.job.Job;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The gateway with its callers, and billing, as scripts. */
public final class World implements AutoCloseable {
  /** What billing says. */
  public enum Billing {
    /** Yes. */
    GRANTS,
    /** No. */
    REFUSES,
    /** Nothing. */
    SILENT
  }

  private final Broker broker;
  private final Broker.Following following;
  private final Queue<Event> told = new ConcurrentLinkedQueue<>();
  private final Map<String, Set<String>> answered = new ConcurrentHashMap<>();
  private volatile Billing billing = Billing.GRANTS;

  /** Everybody is there. */
  public World(Broker broker) {
    this.broker = broker;
    Map<String, Integer> topics = new HashMap<>();
    for (Topic topic : Topic.values()) {
      topics.put(topic.topicName(), topic.partitions());
    }
    broker.make(topics);
    this.following =
        broker.follow(
            List.of(
                Topic.JOB_STATUS.topicName(),
                Topic.CREDIT.topicName(),
                Topic.PARTIAL_RESULTS.topicName()),
            () -> {},
            this::read);
  }

  private void read(ConsumerRecord<String, byte[]> record) {
    if (record.topic().equals(Topic.PARTIAL_RESULTS.topicName())) {
      if (record.value().length > 8) {
        PartialResult result = PartialResult.decode(record.value());
        if (result.outcome() instanceof PartialResult.Outcome.Sealed) {
          answered
              .computeIfAbsent(
                  result.jobId() + "/" + result.serial(), k -> ConcurrentHashMap.newKeySet())
              .add(result.laneId() + result.role());
        }
      }
      return;
    }
    Event event = EventCodec.decode(record.value()).event();
    told.add(event);
    if (event instanceof CreditRequested asked) {
      switch (billing) {
        case GRANTS -> broker.tell(new CreditGranted(asked.jobId()));
        case REFUSES ->
            broker.tell(new CreditRefused(asked.jobId(), "insufficient_quota", "Nothing left."));
        case SILENT -> {}
      }
    }
  }

  /** What billing says from now on. */
  public void billing(Billing now) {
    billing = now;
  }

  /** A request of a fresh job. */
  public static JobRequested request(
      UUID tenant, String model, Protection protection, int prompt, int most, long deadline) {
    String id = UUID.randomUUID().toString().replace("-", "");
    return new JobRequested(
        id, tenant, tenant, tenant, "a-model", model, protection, prompt, most, deadline);
  }

  /** Says that a caller is done. */
  public void finish(JobRequested job, JobFinishRequested.Reason reason) {
    broker.tell(new JobFinishRequested(job.jobId(), reason));
  }

  /** What was told of a job, of one kind. */
  public <E extends Event> List<E> told(JobRequested job, Class<E> kind) {
    return told.stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .filter(event -> jobOf(event).equals(job.jobId()))
        .toList();
  }

  private static String jobOf(Event event) {
    return event instanceof CreditRequested asked ? asked.jobId() : event.key();
  }

  /** Where a job was placed; waits for it. */
  public JobPlaced placed(JobRequested job) {
    return Until.there(
        "a place for " + job.jobId(),
        () -> {
          JobEnded ended = told(job, JobEnded.class).stream().findFirst().orElse(null);
          if (ended != null) {
            throw new AssertionError("ended instead: " + ended);
          }
          return told(job, JobPlaced.class).stream().findFirst().orElse(null);
        });
  }

  /** How a job has ended; waits for it. */
  public JobEnded ended(JobRequested job) {
    return Until.there(
        "the end of " + job.jobId(),
        () -> told(job, JobEnded.class).stream().findFirst().orElse(null));
  }

  /** Tells a request and waits until it has its lanes. */
  public JobPlaced open(JobRequested job) {
    broker.tell(job);
    return placed(job);
  }

  /** A step as the enclave would seal it. */
  public static SealedStep step(JobRequested job, JobPlaced placed, int serial) {
    List<SealedPart> parts = new ArrayList<>();
    for (SignedManifest lane : placed.lanes()) {
      for (Role role : Role.values()) {
        parts.add(
            new SealedPart(
                Manifests.read(lane).laneId(),
                0,
                role,
                Octets.wrap(new byte[serial == 0 ? 1120 : 0]),
                Octets.wrap(new byte[32])));
      }
    }
    StepPlan plan = StepPlan.of(job.promptTokens(), job.maxTokens());
    return new SealedStep(Job.jobId(job.jobId()), serial, plan.part(serial).tokens(), parts);
  }

  /** Sends a step, without waiting for its answers. */
  public void send(JobRequested job, JobPlaced placed, int serial) {
    broker.send(Topic.STEPS, job.jobId(), step(job, placed, serial));
  }

  /** Sends a step and waits for all its answers. */
  public void run(JobRequested job, JobPlaced placed, int serial) {
    send(job, placed, serial);
    awaitAnswers(job, placed, serial);
  }

  /** Waits for all answers to a step. */
  public void awaitAnswers(JobRequested job, JobPlaced placed, int serial) {
    JobId id = Job.jobId(job.jobId());
    int nodes = 3 * placed.lanes().size();
    Until.holds(
        "answers to step " + serial,
        () -> answered.getOrDefault(id + "/" + serial, new HashSet<>()).size() == nodes);
  }

  @Override
  public void close() {
    following.close();
  }
}
