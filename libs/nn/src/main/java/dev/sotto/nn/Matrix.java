package dev.sotto.nn;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A float32 weight matrix, [inner, outer], cut into panels of neighbouring outputs so that a
 * product streams each panel once and several cores share the panels.
 */
final class Matrix {
  private static final int PANEL_OUTPUTS = 192; // a row of sums: 1.5 KiB
  private static final int ROWS_AT_ONCE = 16; // with PANEL_OUTPUTS, 24 KiB in float64: first level
  private static final int TOKENS_AT_ONCE = 64; // their sums in a panel: 96 KiB, second level
  private static final int FEW = 4; // tokens for which turning weights to float64 does not pay
  private static final int FLOATS_PER_READ = 1 << 18;
  private static final long SMALL = 1 << 16; // multiply-adds below which threads cost more

  private final int inner;
  private final int outer;
  private final int panelWidth;
  private final float[][] panels; // [panels][inner · panelWidth], the last one maybe narrower

  private Matrix(int inner, int outer) {
    this.inner = inner;
    this.outer = outer;
    int count = Math.ceilDiv(outer, PANEL_OUTPUTS);
    panelWidth = Math.ceilDiv(Math.ceilDiv(outer, count), 16) * 16;
    panels = new float[Math.ceilDiv(outer, panelWidth)][];
    for (int p = 0; p < panels.length; p++) {
      panels[p] = new float[Math.multiplyExact(inner, width(p))];
    }
  }

  /** A tensor as a checkpoint stores it, [outer, inner], and the outputs it must have. */
  record Part(String name, int outer) {}

  /**
   * Reads the parts, one below another, as one matrix.
   *
   * @throws IllegalArgumentException if a part has another shape; names it
   */
  static Matrix read(Weights weights, int inner, List<Part> parts) {
    Matrix matrix = new Matrix(inner, parts.stream().mapToInt(Part::outer).sum());
    int output = 0;
    for (Part part : parts) {
      requireShape(weights, part.name(), part.outer(), inner);
      matrix.fill(weights, part.name(), 0, part.outer(), output);
      output += part.outer();
    }
    return matrix;
  }

  /** Turns stored rows from {@code from} on into outputs from {@code output} on. */
  private void fill(Weights weights, String name, int from, int rows, int output) {
    int rowsPerRead = Math.max(1, FLOATS_PER_READ / inner);
    float[] read = new float[Math.multiplyExact(rowsPerRead, inner)];
    for (int row = 0; row < rows; row += rowsPerRead) {
      int count = Math.min(rowsPerRead, rows - row);
      weights.read(name, from + row, count, read);
      put(read, count, output + row);
    }
  }

  /** Some rows of a tensor as a matrix: [inner, count]. The tensor is known to have them. */
  static Matrix readRows(Weights weights, int inner, String name, int from, int count) {
    Matrix matrix = new Matrix(inner, count);
    matrix.fill(weights, name, from, count, 0);
    return matrix;
  }

  static void requireShape(Weights weights, String name, int rows, int columns) {
    int r = weights.rows(name);
    int c = weights.columns(name);
    if (r != rows || c != columns) {
      throw new IllegalArgumentException(
          ("tensor " + name + " is " + r + " × " + c + ", but the config says ")
              + (rows + " × " + columns + ": weights and config are not of one model"));
    }
  }

  int inner() {
    return inner;
  }

  int outer() {
    return outer;
  }

  /** Output {@code o}'s weights times 1: the row of the stored tensor, into out[at … at+inner). */
  void copyRow(int o, double[] out, int at) {
    float[] panel = panels[o / panelWidth];
    int width = width(o / panelWidth);
    for (int i = 0, w = o % panelWidth; i < inner; i++, w += width) {
      out[at + i] = panel[w];
    }
  }

  /** x · W. [tokens, inner] → [tokens, outer] */
  ClearTensor multiply(ClearTensor x) {
    ClearTensor y = ClearTensor.zeros(x.tokens(), outer);
    IntStream each = IntStream.range(0, panels.length);
    if ((long) x.tokens() * inner * outer > SMALL) {
      each = each.parallel();
    }
    if (x.tokens() < FEW) {
      each.forEach(p -> multiplyFew(p, x, y.values()));
    } else {
      each.forEach(p -> multiplyMany(p, x, y.values()));
    }
    return y;
  }

  /** Equal to {@link #multiplyMany} bit for bit: both add in the order of {@code inner}. */
  private void multiplyFew(int p, ClearTensor x, double[] y) {
    int width = width(p);
    for (int i = 0; i < inner; i += ROWS_AT_ONCE) {
      int depth = Math.min(ROWS_AT_ONCE, inner - i);
      for (int t = 0; t < x.tokens(); t++) {
        int at = t * outer + p * panelWidth;
        Axpy.add(y, at, width, panels[p], i * width, width, x.values(), t * inner + i, depth);
      }
    }
  }

  private void multiplyMany(int p, ClearTensor x, double[] y) {
    int width = width(p);
    double[][] rows = new double[Math.min(ROWS_AT_ONCE, inner)][width];
    double[][] sums = new double[Math.min(TOKENS_AT_ONCE, x.tokens())][width];
    double[] spare = new double[width]; // beside a last token that has none
    for (int from = 0; from < x.tokens(); from += sums.length) {
      int tokens = Math.min(sums.length, x.tokens() - from);
      for (int i = 0; i < inner; i += rows.length) {
        int depth = Math.min(rows.length, inner - i);
        widen(panels[p], i * width, rows, depth);
        for (int t = 0; t < tokens; t += 2) {
          int at = (from + t) * inner + i;
          boolean pair = t + 1 < tokens;
          double[] second = pair ? sums[t + 1] : spare;
          Axpy.add(sums[t], second, width, rows, x.values(), at, pair ? at + inner : at, depth);
        }
      }
      for (int t = 0; t < tokens; t++) {
        System.arraycopy(sums[t], 0, y, (from + t) * outer + p * panelWidth, width);
        Arrays.fill(sums[t], 0);
      }
    }
  }

  private static void widen(float[] panel, int from, double[][] rows, int depth) {
    for (int r = 0, w = from; r < depth; r++) {
      double[] row = rows[r];
      for (int o = 0; o < row.length; o++) {
        row[o] = panel[w + o];
      }
      w += row.length;
    }
  }

  private int width(int p) {
    return Math.min(panelWidth, outer - p * panelWidth);
  }

  /** Turns {@code count} stored rows into outputs from {@code first} on. */
  private void put(float[] rows, int count, int first) {
    int r = 0;
    while (r < count) {
      int p = (first + r) / panelWidth;
      int width = width(p);
      int column = first + r - p * panelWidth;
      int run = Math.min(count - r, width - column);
      float[] panel = panels[p];
      for (int i = 0; i < inner; i++) {
        for (int j = 0; j < run; j++) {
          panel[i * width + column + j] = rows[(r + j) * inner + i];
        }
      }
      r += run;
    }
  }
}
