package dev.sotto.cli.bench;

import java.util.List;
import java.util.Locale;

/**
 * Measured points and the straight line through them, as SVG.
 *
 * @param title what is measured, with its unit
 * @param across what it is measured against
 * @param points in order of x, none negative
 */
record LinePlot(String title, String across, List<Point> points) {
  private static final int WIDTH = 420; // of one plot
  private static final int HEIGHT = 300;
  private static final int LEFT = 58;
  private static final int RIGHT = 20;
  private static final int TOP = 40;
  private static final int BOTTOM = 46;
  private static final int HEAD = 44;
  private static final int TICKS = 5;

  /** A measured value. */
  record Point(double x, double y) {}

  /**
   * The line of least squares.
   *
   * @param explained R², the part of the values' variation that it explains
   */
  record Line(double slope, double start, double explained) {
    static Line of(List<Point> points) {
      double n = points.size();
      double mx = points.stream().mapToDouble(Point::x).sum() / n;
      double my = points.stream().mapToDouble(Point::y).sum() / n;
      double xx = 0;
      double xy = 0;
      double yy = 0;
      for (Point p : points) {
        xx += (p.x - mx) * (p.x - mx);
        xy += (p.x - mx) * (p.y - my);
        yy += (p.y - my) * (p.y - my);
      }
      double slope = xx == 0 ? 0 : xy / xx;
      return new Line(slope, my - slope * mx, xx == 0 || yy == 0 ? 1 : xy * xy / (xx * yy));
    }

    double at(double x) {
      return start + slope * x;
    }
  }

  /** Plots two by two under a title; one without two points is left empty. */
  static String svg(String title, List<LinePlot> plots) {
    int width = 2 * WIDTH;
    int height = HEAD + Math.ceilDiv(plots.size(), 2) * HEIGHT;
    StringBuilder out = new StringBuilder();
    out.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" \
        font-family="system-ui, sans-serif" font-size="12" fill="#333" role="img">
        <title>%s</title>
        <rect width="100%%" height="100%%" fill="#fff"/>
        <text x="%d" y="28" text-anchor="middle" font-size="16" font-weight="600">%s</text>
        """
            .formatted(width, height, width, height, title, width / 2, title));
    for (int i = 0; i < plots.size(); i++) {
      out.append(
          "<g transform=\"translate(%d %d)\">\n".formatted(i % 2 * WIDTH, HEAD + i / 2 * HEIGHT));
      plots.get(i).draw(out);
      out.append("</g>\n");
    }
    return out.append("</svg>\n").toString();
  }

  private void draw(StringBuilder out) {
    if (points.size() < 2) {
      return;
    }
    Line line = Line.of(points);
    double stepX = step(points.getLast().x);
    double stepY = step(points.stream().mapToDouble(Point::y).max().orElse(1));
    double mostX = stepX * Math.ceil(points.getLast().x / stepX);
    double mostY = stepY * Math.ceil(points.stream().mapToDouble(Point::y).max().orElse(1) / stepY);
    Frame frame = new Frame(mostX, mostY);
    text(out, LEFT, 20, "start", " font-weight=\"600\"", title);
    text(
        out,
        LEFT,
        34,
        "start",
        " fill=\"#777\" font-size=\"11\"",
        String.format(
            Locale.ROOT,
            "straight line: %s %s %s each, R² %.4f",
            amount(Math.abs(line.start) < 1e-9 * mostY ? 0 : line.start),
            line.slope < 0 ? "−" : "+",
            amount(Math.abs(line.slope)),
            line.explained));
    for (double y = 0; y <= mostY * 1.0001; y += stepY) {
      rule(out, frame.x(0), frame.y(y), frame.x(mostX), frame.y(y), "#e4e4e4");
      text(out, frame.x(0) - 8, frame.y(y) + 4, "end", "", amount(y));
    }
    for (double x = 0; x <= mostX * 1.0001; x += stepX) {
      rule(out, frame.x(x), frame.y(0), frame.x(x), frame.y(0) + 4, "#999");
      text(out, frame.x(x), frame.y(0) + 18, "middle", "", amount(x));
    }
    text(out, (frame.x(0) + frame.x(mostX)) / 2, HEIGHT - 10, "middle", "", across);
    double from = points.getFirst().x;
    double to = points.getLast().x;
    rule(out, frame.x(from), frame.y(line.at(from)), frame.x(to), frame.y(line.at(to)), "#2a6fbb");
    for (Point p : points) {
      out.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#2a6fbb\"><title>%s: %s</title></circle>\n",
              frame.x(p.x),
              frame.y(p.y),
              amount(p.x),
              amount(p.y)));
    }
  }

  /** Where values are drawn: zero to the most, both ways. */
  private record Frame(double mostX, double mostY) {
    double x(double value) {
      return LEFT + value / mostX * (WIDTH - LEFT - RIGHT);
    }

    double y(double value) {
      return HEIGHT - BOTTOM - value / mostY * (HEIGHT - TOP - BOTTOM);
    }
  }

  /** A round distance of about {@value #TICKS} ticks: 1, 2 or 5 times a power of ten. */
  static double step(double most) {
    if (!(most > 0)) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(most / TICKS)));
    double digits = most / TICKS / power;
    return power * (digits <= 1 ? 1 : digits <= 2 ? 2 : digits <= 5 ? 5 : 10);
  }

  private static void text(
      StringBuilder out, double x, double y, String anchor, String more, String what) {
    out.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>\n",
            x,
            y,
            anchor,
            more,
            what));
  }

  private static void rule(
      StringBuilder out, double x1, double y1, double x2, double y2, String colour) {
    out.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"1.5\"/>\n",
            x1,
            y1,
            x2,
            y2,
            colour));
  }

  private static String amount(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e6) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(
        Locale.ROOT,
        size >= 100 ? "%.0f" : size >= 1 ? "%.1f" : size >= 0.0005 ? "%.4f" : "%.1e",
        value);
  }
}
