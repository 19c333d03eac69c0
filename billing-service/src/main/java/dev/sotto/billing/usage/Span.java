package dev.sotto.billing.usage;

import dev.sotto.billing.internal.BadRequest;
import java.util.List;
import java.util.UUID;

/**
 * What a report is about.
 *
 * @param from its first second, aligned to the width; of the epoch
 * @param end the first second that it is not about
 * @param width of a bucket
 * @param limit buckets at once
 * @param projects only these; all when empty
 * @param keys only these; all when empty
 * @param models only these; all when empty
 * @param groups what results are told apart by
 */
record Span(
    long from,
    long end,
    BucketWidth width,
    int limit,
    List<UUID> projects,
    List<UUID> keys,
    List<String> models,
    List<Group> groups) {
  private static final long LAST_SECOND = 253_402_300_799L; // of the year 9999

  /** What results can be told apart by; the name is OpenAI's, the column ours. */
  enum Group {
    PROJECT("project_id", "project_id"),
    KEY("api_key_id", "key_id"),
    MODEL("model", "model"),
    LINE_ITEM("line_item", "model || ', ' || protection || ', price ' || price_version");

    final String label;
    final String column;

    Group(String label, String column) {
      this.label = label;
      this.column = column;
    }
  }

  static long seconds(String param, long value) {
    if (value < 0 || value > LAST_SECOND) {
      throw new BadRequest(param, "must be seconds of the epoch");
    }
    return value;
  }

  Span {
    if (limit < 1 || limit > 180) {
      throw new BadRequest("limit", "must be at least 1 and at most what the bucket width allows");
    }
    from = from - from % width.seconds;
    if (end <= from) {
      throw new BadRequest("end_time", "must be after 'start_time'");
    }
  }

  /** The same, from another bucket on. */
  Span startingAt(long second) {
    return new Span(second, end, width, limit, projects, keys, models, groups);
  }

  /** The first second after the buckets of this page. */
  long pageEnd() {
    return Math.min(from + limit * width.seconds, roundedEnd());
  }

  boolean more() {
    return from + limit * width.seconds < end;
  }

  private long roundedEnd() {
    return Math.ceilDiv(end, width.seconds) * width.seconds;
  }

  /** What a page's cursor belongs to: everything but where the page begins and the report ends. */
  String query() {
    return width + "|" + limit + "|" + projects + "|" + keys + "|" + models + "|" + groups;
  }
}
