package dev.sotto.launch;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a platform is, as its supervisor tells it.
 *
 * @param state of the whole
 * @param url the gateway's address, without {@code /v1}; empty until it is chosen
 * @param model as callers name it
 * @param pid the supervisor's process
 * @param startedAt when the supervisor began; milliseconds of the epoch
 * @param note what a person should know, or nothing: a port that was taken, what is waited for
 * @param processes each that is watched
 * @param services each that has something to say of its health
 * @param lanes each that is to be there
 * @param jobs how many are in which state; empty while the orchestration does not answer
 * @param deadLetters records that nobody could read, by topic; empty if there are none
 */
public record PlatformStatus(
    State state,
    String url,
    String model,
    long pid,
    long startedAt,
    String note,
    List<ProcessStatus> processes,
    List<ServiceStatus> services,
    List<LaneStatus> lanes,
    Map<String, Long> jobs,
    Map<String, Long> deadLetters) {
  /** Of the whole. */
  public enum State {
    /** Not everything has been there yet. */
    STARTING,
    /** All is there, and a lane takes jobs. */
    READY,
    /** All has been there, and something is not. */
    DEGRADED,
    /** It is ending. */
    STOPPING
  }

  /** Copies. */
  public PlatformStatus {
    processes = List.copyOf(processes);
    services = List.copyOf(services);
    lanes = List.copyOf(lanes);
    jobs = Map.copyOf(jobs);
    deadLetters = Map.copyOf(deadLetters);
  }

  /**
   * A process.
   *
   * @param name its log's name too
   * @param pid 0 while there is none
   * @param since when it began; milliseconds of the epoch, 0 while there is none
   * @param restarts how often it came back
   * @param lastEnd how it last ended, or null
   */
  public record ProcessStatus(
      String name, long pid, long since, int restarts, @Nullable String lastEnd) {}

  /**
   * A service.
   *
   * @param name which
   * @param up whether it says that it is well
   * @param detail what is amiss, in its own words, or nothing
   */
  public record ServiceStatus(String name, boolean up, String detail) {}

  /**
   * A lane.
   *
   * @param id its name
   * @param ready whether it takes jobs
   * @param detail why not, or nothing
   * @param nodes its nodes
   */
  public record LaneStatus(String id, boolean ready, String detail, List<NodeStatus> nodes) {
    /** Copies. */
    public LaneStatus {
      nodes = List.copyOf(nodes);
    }
  }

  /**
   * A node.
   *
   * @param process its process's name
   * @param operator who runs it, on paper
   * @param identity its public key
   * @param up whether it says that it is well
   * @param audits known-answer audits of lanes that it was in
   * @param auditsFailed of those, where the lane's answer was wrong: one of its nodes lied, or
   *     erred
   */
  public record NodeStatus(
      String process,
      String operator,
      String identity,
      boolean up,
      long audits,
      long auditsFailed) {}

  /** As JSON. */
  public String json() {
    return Json.write(this);
  }

  /** What {@link #json} wrote; LaunchException for anything else. */
  public static PlatformStatus of(byte[] json) {
    return Json.read("the supervisor's answer", json, PlatformStatus.class);
  }
}
