package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final StringWriter shown = new StringWriter();
  private long nanos;

  private ProgressLine line(boolean interactive) {
    return new ProgressLine(new PrintWriter(shown), interactive, 40, () -> nanos);
  }

  @Test
  void withoutATerminalAThingIsAnnouncedAndThenRarelyRepeated() {
    try (ProgressLine line = line(false)) {
      for (int i = 0; i <= 250; i++) {
        line.bytes("fetching", i * 1_000_000L, 250_000_000);
        nanos += 100_000_000;
      }
      line.at("starting");
    }
    assertThat(shown.toString().lines())
        .containsExactly(
            "fetching … 0 % of 250.0 MB",
            "fetching … 40 % of 250.0 MB", "fetching … 80 % of 250.0 MB", "starting …");
  }

  @Test
  void onATerminalOneLineIsRewrittenAndTakenAway() {
    try (ProgressLine line = line(true)) {
      line.bytes("fetching", 5_000_000, -1);
      line.count("a", 1, 30); // too soon after, but a new thing
      line.count("a", 2, 30); // too soon
      line.count("a", 30, 30); // the last is always shown
    }
    String first = "\rfetching … 5.0 MB";
    assertThat(shown.toString())
        .isEqualTo(first + "\ra … 1 of 30      " + "\ra … 30 of 30" + "\r            \r");
  }

  /** A line that wraps would stay, and be written again below. */
  @Test
  void aLineKeepsWithinTheTerminal() {
    try (ProgressLine line = line(true)) {
      line.count("starting postgres, kafka, gateway, orchestration, billing", 2, 8);
    }
    String cut = "starting postgres, kafka, gate … 2 of 8";
    assertThat(cut).hasSize(39);
    assertThat(shown.toString()).startsWith("\r" + cut).endsWith("\r" + " ".repeat(39) + "\r");
  }

  @Test
  void nothingShownNothingTakenAway() {
    line(true).close();
    assertThat(shown.toString()).isEmpty();
  }
}
