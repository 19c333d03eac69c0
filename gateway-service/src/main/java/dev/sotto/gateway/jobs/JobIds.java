package dev.sotto.gateway.jobs;

import dev.sotto.contracts.JobId;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** Job ids as they are written. */
public final class JobIds {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");

  private JobIds() {}

  /** The id that 32 lowercase hexadecimal digits write; nothing for any other text. */
  public static Optional<JobId> of(String hex) {
    return FORM.matcher(hex).matches()
        ? Optional.of(
            new JobId(
                HexFormat.fromHexDigitsToLong(hex, 0, 16),
                HexFormat.fromHexDigitsToLong(hex, 16, 32)))
        : Optional.empty();
  }

  /** The id in an event or a row, which were checked. */
  static JobId checked(String hex) {
    return of(hex).orElseThrow(() -> new IllegalStateException("a job's id is none"));
  }
}
