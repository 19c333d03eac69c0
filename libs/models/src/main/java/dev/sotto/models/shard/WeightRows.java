package dev.sotto.models.shard;

import dev.sotto.models.TensorSource;
import dev.sotto.models.shard.MatrixRecipe.Part;
import java.util.Arrays;

/**
 * A matrix's weights in fixed point, a panel at a time. Holds one panel of floats (32 or 64 tensor
 * rows); everything else is cut from that.
 */
final class WeightRows {
  private final MatrixRecipe recipe;
  private final TensorSource source;
  private final double[] gamma; // [inner], empty for none
  private final float[] vector; // [cols] of a matrix of one row, else empty
  private final float[] panel; // [columns, inner]
  private final double largest;
  private int first; // column of the matrix that the panel begins with
  private int count; // columns that it has

  /**
   * Reads the factors and checks that all tensors are there in the right shape.
   *
   * @param wholeBits folded weights must stay below 2^wholeBits in magnitude, and below what the
   *     matrix's form holds
   */
  WeightRows(MatrixRecipe recipe, TensorSource source, int wholeBits) {
    this.recipe = recipe;
    this.source = source;
    int most = Math.min(wholeBits, recipe.shape().form().wholeBits());
    largest = Math.scalb(1.0, most + recipe.shape().form().fractionBits());
    int inner = recipe.shape().inner();
    panel = new float[recipe.shape().form().columns() * inner];
    if (inner == 1) {
      vector = vector(recipe.parts().getFirst().tensor(), recipe.shape().cols());
    } else {
      vector = new float[0];
      recipe.parts().forEach(part -> checkShape(part.tensor(), part.outer(), inner));
    }
    gamma = recipe.gamma() == null ? new double[0] : factors(recipe.gamma(), inner);
  }

  private double[] factors(String tensor, int length) {
    float[] read = vector(tensor, length);
    double[] factors = new double[length];
    for (int i = 0; i < length; i++) {
      if (!Float.isFinite(read[i])) {
        throw new ShardException(tensor + ": value " + i + " is not a finite number");
      }
      factors[i] = read[i];
    }
    return factors;
  }

  private float[] vector(String tensor, int length) {
    checkShape(tensor, 1, length);
    float[] read = new float[length];
    source.read(tensor, 0, 1, read);
    return read;
  }

  private void checkShape(String tensor, int rows, int columns) {
    if (source.rows(tensor) != rows || source.columns(tensor) != columns) {
      throw new ShardException(
          "%s: has shape [%d, %d], the model's configuration asks for [%d, %d]"
              .formatted(tensor, source.rows(tensor), source.columns(tensor), rows, columns));
    }
  }

  /** Reads the columns of one panel; each row of a tensor is read once over a cut. */
  void load(int panelNumber) {
    int inner = recipe.shape().inner();
    int columns = recipe.shape().form().columns();
    first = panelNumber * columns;
    count = Math.min(columns, recipe.shape().cols() - first);
    if (vector.length > 0) {
      System.arraycopy(vector, first, panel, 0, count);
      return;
    }
    int begin = 0; // the part's first column
    for (Part part : recipe.parts()) {
      int from = Math.max(first, begin);
      int to = Math.min(first + count, begin + part.outer());
      if (from < to) {
        if (from == first) {
          source.read(part.tensor(), from - begin, to - from, panel);
        } else {
          // A panel across two tensors: rare, so that a copy does not matter.
          float[] rows = new float[(to - from) * inner];
          source.read(part.tensor(), from - begin, to - from, rows);
          System.arraycopy(rows, 0, panel, (from - first) * inner, rows.length);
        }
      }
      begin += part.outer();
    }
  }

  /**
   * Words of lines [line, line + lines) of the panel loaded, into out[0 …]: round(weight · scale ·
   * γ · 2^f), f the form's, ties to even, and 0 in columns that the matrix does not have.
   */
  void words(int line, int lines, long[] out) {
    Arrays.fill(out, 0, lines * recipe.shape().lineWords(), 0);
    if (recipe.shape().form().byRows()) {
      for (int j = 0; j < count; j++) {
        column(j, line, lines, out, j, recipe.shape().form().columns());
      }
    } else {
      int inner = recipe.shape().inner();
      for (int j = line; j < Math.min(line + lines, count); j++) {
        column(j, 0, inner, out, (j - line) * inner, 1);
      }
    }
  }

  /** Rows [row, row + rows) of column j of the panel, to every {@code step}th word. */
  private void column(int j, int row, int rows, long[] out, int to, int step) {
    double scale = place(first + j).part().scale();
    int at = j * recipe.shape().inner() + row;
    for (int i = 0; i < rows; i++) {
      double weight = panel[at + i] * scale;
      if (gamma.length > 0) {
        weight *= gamma[row + i];
      }
      double fixed = Math.rint(weight * (1 << recipe.shape().form().fractionBits()));
      if (!(Math.abs(fixed) < largest)) { // so written that NaN is refused too
        throw refused(first + j, Float.isFinite(panel[at + i]));
      }
      out[to + i * step] = (long) fixed;
    }
  }

  private ShardException refused(int column, boolean finite) {
    Place place = place(column);
    String where = place.part().tensor() + ", row " + place.row();
    return new ShardException(
        finite
            ? "%s: a weight of %s is beyond the range of +-2^%d that the ring plan has for weights"
                .formatted(
                    where,
                    recipe.shape().name(),
                    Math.getExponent(largest) - recipe.shape().form().fractionBits())
            : where + ": holds a value that is not a finite number");
  }

  /** Where a column of the matrix comes from. */
  private record Place(Part part, int row) {}

  private Place place(int column) {
    int row = column;
    for (Part part : recipe.parts()) {
      if (row < part.outer()) {
        return new Place(part, row);
      }
      row -= part.outer();
    }
    throw new IllegalStateException("no column " + column);
  }
}
