package dev.sotto.orchestration.job;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.event.JobRequested;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is recorded.
 *
 * @param asked what was asked for
 * @param state where it is
 * @param version grows by one with each move: who writes says which one it saw
 * @param lanes digests of the manifests of its lanes, in the order of their places; none before it
 *     is placed
 * @param starts when the process of each of its places had begun when it was placed, as the nodes
 *     said; milliseconds of the epoch
 * @param progress its steps
 * @param lost what its lane's end makes of it unless its caller has the answer; while it is
 *     stranded
 * @param finishing why its caller wants it ended, once it does
 * @param since when it came into its state; milliseconds of the epoch
 */
public record Job(
    JobRequested asked,
    JobState state,
    long version,
    List<String> lanes,
    List<Long> starts,
    Progress progress,
    @Nullable Ending lost,
    @Nullable Reason finishing,
    long since) {
  /** Copies. */
  public Job {
    lanes = List.copyOf(lanes);
    starts = List.copyOf(starts);
  }

  /** As it begins. */
  public static Job requested(JobRequested asked, long now) {
    return new Job(
        asked, JobState.REQUESTED, 0, List.of(), List.of(), Progress.NONE, null, null, now);
  }

  /** Its name. */
  public String id() {
    return asked.jobId();
  }

  /** Its name as messages carry it. */
  public JobId jobId() {
    return jobId(asked.jobId());
  }

  /** The name in 32 hexadecimal digits. */
  public static JobId jobId(String hex) {
    return new JobId(
        HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
  }

  /** The shapes of its steps. */
  public StepPlan plan() {
    boolean digested = asked.protection() == Protection.COMPARED;
    return StepPlan.of(asked.promptTokens(), asked.maxTokens(), digested);
  }

  /** Whether its caller may have an answer: a step that is answered has been sent. */
  public boolean mayBeAnswered() {
    return plan().answeredBefore(progress.sent()) > 0;
  }

  /** What its caller's wish makes of it. */
  public Ending wished(Reason reason) {
    return lost == null ? Ending.wished(reason, state) : Ending.wished(reason, lost);
  }

  /** What it counts for when tenants take turns: the tokens that it may read and answer. */
  public long weight() {
    return (long) asked.promptTokens() + asked.maxTokens();
  }

  /** What is told when it ends so. */
  public JobEnded ended(Ending ending, Progress reached) {
    StepPlan plan = plan();
    return new JobEnded(
        asked.jobId(),
        asked.tenantId(),
        asked.projectId(),
        asked.keyId(),
        asked.model(),
        asked.protection(),
        ending.state().outcome(),
        ending.code(),
        ending.message(),
        ending.retryable(),
        reached.promptTokens(plan),
        reached.completionTokens(plan),
        lanes);
  }
}
