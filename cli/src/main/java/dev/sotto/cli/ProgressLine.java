package dev.sotto.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how far something is: one line that is rewritten where a person watches, otherwise a line
 * at the start of each thing and every ten seconds.
 */
final class ProgressLine implements AutoCloseable {
  /** Set by the launcher where standard error is a terminal, which Java itself cannot see. */
  static final String TERMINAL = "sotto.terminal";

  /** Its width when the command began, set by the launcher. */
  static final String COLUMNS = "sotto.columns";

  private static final int USUAL_COLUMNS = 80;
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long REPEAT_NANOS = 10_000_000_000L;

  private final PrintWriter err;
  private final boolean interactive;
  private final int most; // characters: a line that wraps cannot be rewritten
  private final LongSupplier nanoTime;
  private String what = "";
  private long shownAt;
  private int shownWidth;

  ProgressLine(PrintWriter err, boolean interactive, int columns, LongSupplier nanoTime) {
    this.err = err;
    this.interactive = interactive;
    // Some terminals say 0 when they do not know; the last column is left to the cursor.
    this.most = (columns > 0 ? Math.max(columns, 20) : USUAL_COLUMNS) - 1;
    this.nanoTime = nanoTime;
  }

  /** On a command's standard error. */
  static ProgressLine on(PrintWriter err) {
    return new ProgressLine(
        err,
        Boolean.getBoolean(TERMINAL),
        Integer.getInteger(COLUMNS, USUAL_COLUMNS),
        System::nanoTime);
  }

  /** {@code done} of {@code total} bytes; total −1 where nobody knows. */
  synchronized void bytes(String nowWhat, long done, long total) {
    String amount = megabytes(done);
    if (total > 0) {
      int percent = (int) (100 * ((double) done / total));
      amount = "%d %% of %s".formatted(percent, megabytes(total));
    }
    show(nowWhat, amount, total > 0 && done >= total);
  }

  /** {@code done} of {@code total} things. */
  synchronized void count(String nowWhat, long done, long total) {
    show(nowWhat, done + " of " + total, done >= total);
  }

  /** Something that tells no amount. */
  synchronized void at(String nowWhat) {
    show(nowWhat, "", false);
  }

  private void show(String nowWhat, String amount, boolean last) {
    long now = nanoTime.getAsLong();
    boolean fresh = !nowWhat.equals(what);
    long wait = interactive ? REDRAW_NANOS : REPEAT_NANOS;
    if (!fresh && now - shownAt < wait && !(interactive && last)) {
      return;
    }
    what = nowWhat;
    shownAt = now;
    String tail = amount.isEmpty() ? " …" : " … " + amount;
    String line = nowWhat + tail;
    if (interactive) {
      if (line.length() > most) {
        line = nowWhat.substring(0, Math.max(0, most - tail.length())) + tail;
      }
      err.print("\r" + line + " ".repeat(Math.max(0, shownWidth - line.length())));
      shownWidth = line.length();
    } else {
      err.println(line);
    }
    err.flush();
  }

  /** Takes the rewritten line away, so that what follows starts at the margin. */
  synchronized void clear() {
    if (interactive && shownWidth > 0) {
      err.print("\r" + " ".repeat(shownWidth) + "\r");
      err.flush();
      shownWidth = 0;
    }
    what = "";
  }

  @Override
  public void close() {
    clear();
  }

  static String megabytes(long bytes) {
    return bytes < 10_000_000_000L
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
