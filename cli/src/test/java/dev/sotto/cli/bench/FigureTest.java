package dev.sotto.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FigureTest {
  @Test
  void mediansAndSpreads() {
    assertThat(Runs.of(3, 1, 2).median()).isEqualTo(2);
    assertThat(Runs.of(4, 1, 2, 3).median()).isEqualTo(2.5);
    assertThat(Runs.of(3, 1, 2).spread()).isEqualTo(1);
    assertThat(Runs.of(5).spread()).isZero();
    assertThat(Runs.of(0, 0).spread()).isZero();
  }

  @Test
  void limitsAreMetFromEitherSideAndAtTheLimitItself() {
    Figure two = Figure.count("two", 2, "B");
    assertThat(two.met()).isNull();
    assertThat(two.ratio()).isNull();
    assertThat(two.atMost(2).met()).isTrue();
    assertThat(two.atMost(1.9).met()).isFalse();
    assertThat(two.atLeast(2).met()).isTrue();
    assertThat(two.atLeast(2.1).met()).isFalse();
    assertThat(two.atMost(8).ratio()).isEqualTo(0.25, within(1e-12));
    assertThat(two.of(4, 0.5).met()).isTrue();
    assertThat(two.of(4, 0.6).met()).isFalse();
    assertThat(two.atMost(0).ratio()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "0.0000012, s, 1.2 µs",
    "0.0512, s, 51.2 ms",
    "12.345, s, 12.35 s",
    "999, B, 999 B",
    "21850000, B, 21.85 MB",
    "1.672e10, B/s, 16.72 GB/s",
    "4.5e10, 1/s, 45.00 G/s",
    "817, 1, 817",
    "0.9967, 1, 0.9967",
    "0.0000111, nats, 1.11e-05 nats"
  })
  void amountsAreReadable(double value, String unit, String text) {
    assertThat(FigureTable.amount(value, unit)).isEqualTo(text);
  }

  @Test
  void theTableMarksWhatIsMissed() {
    StringWriter out = new StringWriter();
    FigureTable table = new FigureTable(new PrintWriter(out));
    table.add(Figure.count("good", 1, "B").atMost(2));
    table.add(Figure.count("bad", 3, "B").atMost(2));
    assertThat(out.toString().lines().toList())
        .satisfiesExactly(
            head -> assertThat(head).startsWith("FIGURE"),
            good -> assertThat(good).startsWith("good ").endsWith("0.50"),
            bad -> assertThat(bad).startsWith("bad ").endsWith("1.50 MISSED"));
  }
}
