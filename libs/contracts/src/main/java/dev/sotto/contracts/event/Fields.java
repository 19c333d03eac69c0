package dev.sotto.contracts.event;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Check;
import dev.sotto.contracts.JobOpen;
import java.util.regex.Pattern;

/** Rules that several events share. */
final class Fields {
  private static final Pattern JOB = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}");
  private static final int MAX_MESSAGE = 1024;

  private Fields() {}

  static void jobId(String field, String id) {
    if (!JOB.matcher(id).matches()) {
      throw new BadMessage(field, "must be 32 lowercase hexadecimal digits");
    }
  }

  static void model(String field, String name) {
    if (!MODEL.matcher(name).matches()) {
      throw new BadMessage(field, "must be a model's name of at most 128 characters");
    }
  }

  static void tokens(String field, int tokens, int least) {
    Check.range(field, tokens, least, JobOpen.MAX_TOKENS);
  }

  static void message(String field, String message) {
    Check.range(field + "'s length", message.length(), 0, MAX_MESSAGE);
  }
}
