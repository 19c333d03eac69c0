package dev.sotto.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the platform of one machine shall be: a proposal, written by {@code up} and read by the
 * supervisor, and the file {@code plan.json} once all that it needs is there. No secret is in it.
 *
 * @param model as callers name it
 * @param source as the user named it to {@code up}
 * @param stages into how many the model is cut
 * @param lanes a folder of shards for each lane, the model's public part beside them
 * @param port where the gateway listens
 * @param portFixed whether only that port will do, and not the next free one
 * @param auditPercent of the time, at most so much is spent on known-answer audits; 0 for none
 * @param kafka a broker to use instead of an own one
 * @param postgres a database server to use instead of an own one
 * @param apart whether each platform service has a process of its own
 */
public record UpPlan(
    String model,
    String source,
    int stages,
    List<String> lanes,
    int port,
    boolean portFixed,
    int auditPercent,
    @Nullable Kafka kafka,
    @Nullable Postgres postgres,
    boolean apart) {
  /** Where the gateway listens if nobody says otherwise. */
  public static final int DEFAULT_PORT = 8080;

  /** The most lanes: three processes each. */
  public static final int MOST_LANES = 16;

  /** What audits take of the time if nobody says otherwise, in percent. */
  public static final int DEFAULT_AUDIT_PERCENT = 1;

  /** The most that they may take: the rest is for callers. */
  public static final int MOST_AUDIT_PERCENT = 50;

  private static final int LAST_PORT = 65_535;

  /**
   * An external broker.
   *
   * @param servers {@code host:port}, separated by commas
   * @param propertiesFile client properties, with credentials where it needs them
   */
  public record Kafka(String servers, @Nullable String propertiesFile) {}

  /**
   * An external server.
   *
   * @param url of JDBC, without credentials
   * @param user who may create roles and databases
   * @param passwordFile holds that user's password
   */
  public record Postgres(String url, String user, String passwordFile) {}

  /** LaunchException that names a field outside its bounds. */
  public UpPlan {
    if (model.isEmpty() || model.length() > 128) {
      throw new LaunchException("model must have 1 to 128 letters");
    }
    if (stages < 1) {
      throw new LaunchException("stages must be 1 or more, was " + stages);
    }
    lanes = List.copyOf(lanes);
    if (lanes.isEmpty() || lanes.size() > MOST_LANES) {
      throw new LaunchException(
          "lanes must be 1 to %d, were %d".formatted(MOST_LANES, lanes.size()));
    }
    if (port < 1 || port > LAST_PORT) {
      throw new LaunchException("port must be 1 to %d, was %d".formatted(LAST_PORT, port));
    }
    if (auditPercent < 0 || auditPercent > MOST_AUDIT_PERCENT) {
      throw new LaunchException(
          "audit_percent must be 0 to %d, was %d".formatted(MOST_AUDIT_PERCENT, auditPercent));
    }
  }

  /** Writes {@code plan.json}. */
  public void write(PlatformFolder folder) throws IOException {
    PrivateFile.write(folder.plan(), Json.write(this));
  }

  /** What {@link #write} wrote; empty if it never did. */
  public static Optional<UpPlan> read(PlatformFolder folder) throws IOException {
    return read(folder.plan());
  }

  /** Writes what a start is for whose shards need not be there yet. */
  public void propose(PlatformFolder folder) throws IOException {
    PrivateFile.write(folder.proposal(), Json.write(this));
  }

  /** What {@link #propose} wrote; empty if it never did. */
  public static Optional<UpPlan> proposed(PlatformFolder folder) throws IOException {
    return read(folder.proposal());
  }

  private static Optional<UpPlan> read(Path file) throws IOException {
    Map<String, Object> since = Map.of("audit_percent", DEFAULT_AUDIT_PERCENT, "apart", false);
    return Files.exists(file)
        ? Optional.of(Json.read(file, UpPlan.class, since))
        : Optional.empty();
  }

  /** The book of known answers that audits hold lanes against, beside the folders of lanes. */
  public Path answers() {
    return answersBeside(Path.of(lanes.getFirst()));
  }

  /** Where the book of known answers of a model lies, given the folder of a lane's shards. */
  public static Path answersBeside(Path lane) {
    return lane.resolveSibling("answers.book");
  }
}
