package dev.sotto.contracts.event;

import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.SealedStep;
import java.time.Duration;

/** A topic and its settings. The suffix is the version of what is on it. */
public enum Topic {
  /** {@link JobRequested} and {@link JobFinishRequested}, from the gateway; by job. */
  JOBS("sotto.jobs.v1", 3, Form.EVENTS),
  /**
   * {@link JobPlaced}, {@link JobStranded} and {@link JobEnded}, from the orchestration; by job.
   */
  JOB_STATUS("sotto.job-status.v1", 3, Form.EVENTS),
  /** {@link CreditRequested}, from the orchestration; by project. */
  CREDIT("sotto.credit.v1", 3, Form.EVENTS),
  /** {@link CreditGranted} and {@link CreditRefused}, from billing; by job. */
  CREDIT_DECISIONS("sotto.credit-decisions.v1", 3, Form.EVENTS),
  /** {@link NodeAnnounced}, from nodes; by node, the last one kept. */
  NODES("sotto.nodes.v1", 1, Form.LATEST),
  /** {@link dev.sotto.contracts.SealedStep}, from the gateway; by job. */
  STEPS("sotto.steps.v1", 3, Form.SEALED),
  /** {@link dev.sotto.contracts.PartialResult}, from nodes; by job. */
  PARTIAL_RESULTS(PartialResult.TOPIC, 3, Form.SEALED),
  /** {@link DigestShared}, from nodes of jobs that are compared; by job. */
  DIGESTS("sotto.digests.v1", 3, Form.EVENTS),
  /** {@link JobVerified}, from the verification; by job. */
  VERDICTS("sotto.verdicts.v1", 3, Form.EVENTS);

  /** What is on a topic. */
  public enum Form {
    /** Events as JSON, kept a week. */
    EVENTS,
    /** Events as JSON, the last of each key kept. */
    LATEST,
    /** Sealed messages in their own encoding, kept an hour: longer than any job waits. */
    SEALED
  }

  /** The longest record that a broker must take, in bytes. */
  public static final int MAX_RECORD_BYTES = SealedStep.MAX_BYTES + (64 << 10);

  /** What a topic's dead letters are called: its name and this. */
  public static final String DEAD_LETTERS = ".dlt";

  private final String topicName;
  private final int partitions;
  private final Form form;

  Topic(String topicName, int partitions, Form form) {
    this.topicName = topicName;
    this.partitions = partitions;
    this.form = form;
  }

  /** Its name at the broker. */
  public String topicName() {
    return topicName;
  }

  /** How many partitions it is made with. */
  public int partitions() {
    return partitions;
  }

  /** What is on it. */
  public Form form() {
    return form;
  }

  /** How long records stay; those of {@link Form#LATEST} until they are replaced. */
  public Duration retention() {
    return form == Form.SEALED ? Duration.ofHours(1) : Duration.ofDays(7);
  }

  /**
   * The topic of one node: {@link dev.sotto.contracts.NodeStep} and {@link
   * dev.sotto.contracts.NodeClose}, one partition, {@link Form#SEALED}. One topic a node, so that a
   * broker can keep operators from reading each other's.
   *
   * @param identity the node's key, 64 hexadecimal digits
   */
  public static String ofNode(String identity) {
    return "sotto.node." + identity + ".v1";
  }
}
