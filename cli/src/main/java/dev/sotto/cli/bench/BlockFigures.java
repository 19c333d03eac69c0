package dev.sotto.cli.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** One block of the model: a prompt of 128 tokens, then decoded ones. */
final class BlockFigures implements Measurement {
  private static final int PROMPT = 128;

  @Override
  public List<Entry> entries() {
    return List.of(
        new Entry(
            "block.decode",
            "one block, a token with 128 cached, mean of "
                + BlockRun.STOCK
                + "; seats in one process"),
        new Entry("block.prefill", "one block, 128 tokens; seats in one process"));
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    double[] prefill = new double[setting.modelRuns()];
    double[] decode = new double[setting.modelRuns()];
    int[] steps = BlockRun.steps(PROMPT, BlockRun.STOCK);
    try (OpenShards shards = new OpenShards(setting.subject().shards())) {
      for (int run = -1; run < prefill.length; run++) {
        setting.progress().accept("measuring a block");
        BlockRun block = BlockRun.of(shards, 1, setting.seed() + run, setting.kernels(), steps);
        if (run >= 0) {
          prefill[run] = block.seconds(0, 1);
          decode[run] = block.stocks(1, 1).median();
        }
      }
    }
    figures.accept(Figure.of("block.decode", Runs.of(decode), "s"));
    figures.accept(Figure.of("block.prefill", Runs.of(prefill), "s"));
  }
}
