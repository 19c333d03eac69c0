package dev.sotto.cli.bench;

import java.io.PrintWriter;
import java.util.Locale;

/** Figures for a person, a line each. */
public final class FigureTable {
  private final PrintWriter out;
  private boolean begun;

  public FigureTable(PrintWriter out) {
    this.out = out;
  }

  /** Prints a figure; a limit that is missed is marked. */
  public void add(Figure figure) {
    if (!begun) {
      begun = true;
      line("FIGURE", "VALUE", "SPREAD", "LIMIT", "RATIO", "");
    }
    Double limit = figure.limit();
    Double ratio = figure.ratio();
    line(
        figure.name(),
        amount(figure.value(), figure.unit()),
        figure.spread() == 0 ? "" : "%.0f %%".formatted(100 * figure.spread()),
        limit == null ? "" : amount(limit, figure.unit()),
        ratio == null ? "" : String.format(Locale.ROOT, "%.2f", ratio),
        Boolean.FALSE.equals(figure.met()) ? "MISSED" : "");
  }

  private void line(
      String name, String value, String spread, String limit, String ratio, String mark) {
    out.println(
        "%-36s %14s %7s %14s %6s %s"
            .formatted(name, value, spread, limit, ratio, mark)
            .stripTrailing());
    out.flush();
  }

  /** A number with its unit, in three or four digits. */
  static String amount(double value, String unit) {
    return switch (unit) {
      case "s" -> seconds(value);
      case "B" -> scaled(value, "B");
      case "B/s" -> scaled(value, "B/s");
      case "1/s" -> scaled(value, "/s");
      case "1" -> plain(value);
      default -> plain(value) + " " + unit;
    };
  }

  private static String seconds(double value) {
    if (value >= 1) {
      return text("%.2f s", value);
    }
    return value >= 1e-3 ? text("%.1f ms", value * 1e3) : text("%.1f µs", value * 1e6);
  }

  private static String scaled(double value, String unit) {
    String[] prefixes = {"", "k", "M", "G", "T"};
    int power = 0;
    while (power < prefixes.length - 1 && value >= 1000) {
      value /= 1000;
      power++;
    }
    return text(power == 0 ? "%.0f " : "%.2f ", value) + prefixes[power] + unit;
  }

  private static String plain(double value) {
    if (value == Math.rint(value)) {
      return text("%.0f", value);
    }
    return Math.abs(value) >= 0.001 ? text("%.4f", value) : text("%.2e", value);
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
