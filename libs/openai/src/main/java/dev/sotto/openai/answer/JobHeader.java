package dev.sotto.openai.answer;

import java.util.List;

/** The header by which a caller learns of an answer's jobs, and so where their receipts are. */
public final class JobHeader {
  /** Its name. */
  public static final String NAME = "x-sotto-job";

  /** What it is, for the API's document. */
  public static final String ABOUT =
      "The answer's jobs, 32 hexadecimal digits each, with commas between them: those that were asked"
          + " for before the response began. x_sotto.jobs in the body has all of them.";

  private JobHeader() {}

  static String value(List<String> jobs) {
    return String.join(", ", jobs);
  }
}
