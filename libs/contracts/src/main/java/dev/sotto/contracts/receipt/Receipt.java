package dev.sotto.contracts.receipt;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Check;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Lane;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.manifest.StrictMapper;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What was done for a job.
 *
 * @param version of the format: {@value #VERSION}
 * @param jobId 32 hexadecimal digits
 * @param model its name, as callers know it
 * @param modelDigest the model, SHA-256 as 64 hexadecimal digits
 * @param protocol the protocol that the lanes spoke
 * @param protection what was given
 * @param outcome how the job ended
 * @param verdict what comparing the lanes said; none exactly for passive protection
 * @param comparedSteps answered steps that were compared
 * @param lanes who computed it; as many as the protection takes, none if it was never placed
 * @param promptTokens tokens of the prompt that the lanes have read
 * @param completionTokens tokens that the lanes have answered
 * @param placedAt when it was given its lanes; milliseconds of the epoch, 0 if never
 * @param endedAt when it ended; milliseconds of the epoch
 * @param issuedAt when this was signed; milliseconds of the epoch
 */
public record Receipt(
    int version,
    String jobId,
    String model,
    String modelDigest,
    String protocol,
    Protection protection,
    JobEnded.Outcome outcome,
    Verdict verdict,
    int comparedSteps,
    List<LaneEntry> lanes,
    int promptTokens,
    int completionTokens,
    long placedAt,
    long endedAt,
    long issuedAt) {
  /** The format that this code reads and writes. */
  public static final int VERSION = 1;

  /** The protocol that nodes of this release speak. */
  public static final String PROTOCOL = "sotto/1";

  private static final Pattern JOB = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}");
  private static final int MOST_LANES = 8;
  private static final long LAST_MILLIS = 253_402_300_799_999L; // the year 9999 ends

  /**
   * One lane.
   *
   * @param laneId its name
   * @param manifestDigest SHA-256 of its manifest, 64 hexadecimal digits
   * @param dissents whether a majority of the lanes found it to be another than theirs; with two
   *     lanes that disagree nobody can say which, and both are marked
   * @param nodes who held its seats
   */
  public record LaneEntry(
      String laneId, String manifestDigest, boolean dissents, List<NodeEntry> nodes) {
    /** BadMessage when a field is outside its bounds. */
    public LaneEntry {
      Check.name("Receipt.laneId", laneId);
      Check.digest("Receipt.manifestDigest", manifestDigest);
      nodes = copy("Receipt.nodes", nodes, 3, 3 * Lane.MAX_STAGES);
    }
  }

  /**
   * One node.
   *
   * @param stage its stage
   * @param role its role
   * @param operator who runs it
   * @param identity its key, 64 hexadecimal digits
   */
  public record NodeEntry(int stage, Role role, String operator, String identity) {
    /** BadMessage when a field is outside its bounds. */
    public NodeEntry {
      Check.range("Receipt.stage", stage, 0, Lane.MAX_STAGES - 1L);
      Check.name("Receipt.operator", operator);
      Check.digest("Receipt.identity", identity);
    }
  }

  /** BadMessage when a field breaks its rule. */
  public Receipt {
    Check.range("Receipt.version", version, VERSION, VERSION);
    matches("Receipt.jobId", JOB, jobId);
    matches("Receipt.model", MODEL, model);
    Check.digest("Receipt.modelDigest", modelDigest);
    matches("Receipt.protocol", MODEL, protocol);
    if ((verdict == Verdict.NONE) != (protection == Protection.PASSIVE)) {
      throw new BadMessage("Receipt.verdict", "must be none for passive protection, and only then");
    }
    lanes = copy("Receipt.lanes", lanes, 0, MOST_LANES);
    Check.range("Receipt.comparedSteps", comparedSteps, 0, JobOpen.MAX_TOKENS);
    Check.range("Receipt.promptTokens", promptTokens, 0, JobOpen.MAX_TOKENS);
    Check.range("Receipt.completionTokens", completionTokens, 0, JobOpen.MAX_TOKENS);
    Check.range("Receipt.placedAt", placedAt, 0, LAST_MILLIS);
    Check.range("Receipt.endedAt", endedAt, 1, LAST_MILLIS);
    Check.range("Receipt.issuedAt", issuedAt, 1, LAST_MILLIS);
  }

  private static void matches(String field, Pattern pattern, String text) {
    if (!pattern.matcher(text).matches()) {
      throw new BadMessage(field, "is not one");
    }
  }

  private static <T> List<T> copy(String field, List<T> list, int least, int most) {
    if (list.stream().anyMatch(Objects::isNull)) {
      throw new BadMessage(field, "must not hold null");
    }
    Check.range(field, list.size(), least, most);
    return List.copyOf(list);
  }

  /** The bytes that are signed. */
  public byte[] encode() {
    return StrictMapper.write(this);
  }

  /** The receipt in signed bytes; BadMessage, naming the field, for anything else. */
  public static Receipt decode(byte[] encoding) {
    return StrictMapper.read(encoding, Receipt.class);
  }
}
