package dev.sotto.cli.lane.secrets;

import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.client.Generation;
import dev.sotto.models.format.HubModel;
import dev.sotto.nn.ClearArithmetic;
import dev.sotto.nn.ClearModel;
import dev.sotto.nn.ClearTensor;
import dev.sotto.nn.Decoder;
import dev.sotto.nn.Step;
import dev.sotto.scan.Needles;
import java.util.Arrays;

/** A prompt, and all that is to be recognised of it and of the model that is asked. */
final class Canary {
  static final String PROMPT = "Tell käte of the quetzal amber 7391 lighthouse ✻ and the sea";
  private static final String PHRASE = "quetzal amber 7391 lighthouse";
  private static final int ROW = 8; // values in a row: none of them comes about by chance

  private Canary() {}

  /** The prompt's tokens. */
  static int[] ids() {
    try (HubModel model = HubModel.open(SmallModel.folder());
        Generation generation = new Generation(model.publicPart())) {
      return generation.prompt(PROMPT, true);
    }
  }

  static Needles prompt(int[] ids) {
    Needles needles = new Needles();
    needles.text("the phrase", PHRASE);
    needles.integers("the ids", Arrays.stream(ids).limit(2 * ROW).asLongStream().toArray());
    needles.integers("later ids", Arrays.stream(ids).skip(9).limit(ROW).asLongStream().toArray());
    return needles;
  }

  /** Rows and columns of every matrix, and what the model makes of the prompt. */
  static Needles model(int[] ids) {
    Needles needles = new Needles();
    try (HubModel model = HubModel.open(SmallModel.folder())) {
      for (String name : model.names()) {
        int rows = model.rows(name);
        int columns = model.columns(name);
        float[] all = new float[rows * columns];
        model.read(name, 0, rows, all);
        for (int row = 0; row < rows; row += Math.max(1, rows / 4)) {
          float[] along = Arrays.copyOfRange(all, row * columns, row * columns + 2 * ROW);
          needles.floats(name + " row " + row, along);
          fixed(needles, name + " row " + row, Arrays.copyOf(along, ROW));
        }
        for (int column = 0; rows >= 2 * ROW && column < columns; column += columns / 4) {
          float[] down = new float[ROW];
          for (int i = 0; i < ROW; i++) {
            down[i] = all[(ROW + i) * columns + column];
          }
          needles.floats(name + " column " + column, down);
          fixed(needles, name + " column " + column, down);
        }
      }
    }
    ClearModel clear = SmallModel.clear();
    activation(needles, "looked-up row", 0.0001, clear.embed(ids));
    for (int layers = 1; layers <= 2; layers++) {
      ClearTensor h =
          new Decoder<ClearTensor>(0, layers)
              .blocks(new ClearArithmetic(clear), clear.embed(ids), new Step(0, 0, ids.length));
      activation(needles, "state after layer " + layers, 0.02, h);
    }
    float[] logits = clear.start().logits(ids);
    double[] some = new double[ROW];
    for (int i = 0; i < ROW; i++) {
      some[i] = logits[i];
    }
    needles.around("logits", 21, 12, 0.02, some);
    needles.around("logits", 64, 12, 0.02, some);
    return needles;
  }

  /** The first and the last token's values: in the residual's ring, a look-up's, and a word's. */
  private static void activation(Needles needles, String name, double off, ClearTensor h) {
    for (int token : new int[] {0, h.tokens() - 1}) {
      int from = token * h.width();
      double[] values = Arrays.copyOfRange(h.values(), from, from + ROW);
      String which = name + " of token " + token;
      needles.around(which, 49, 30, off, values);
      needles.around(which, 32, 16, off, values);
      needles.around(which, 64, 16, off, values);
    }
  }

  /** Weights in the fixed point of the rings, where that holds them exactly and plainly. */
  private static void fixed(Needles needles, String name, float[] values) {
    boolean exact = true;
    for (float v : values) {
      double scaled = Math.scalb((double) v, 16);
      exact &= scaled == Math.rint(scaled);
    }
    if (exact) {
      needles.fixed(name, 16, values);
      needles.fixed(name, 30, values);
    }
  }
}
