package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.cli.bench.Fidelity;
import dev.sotto.cli.lane.LocalLane;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.links.NodeIdentity;
import dev.sotto.models.ClearWeights;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.source.KnownModel;
import dev.sotto.models.source.ModelResolver;
import dev.sotto.models.source.ModelSources;
import dev.sotto.models.source.Progress;
import dev.sotto.nn.ClearRun;
import dev.sotto.nn.ClearTensor;
import dev.sotto.node.Node;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real model over real processes, from shards as they are provisioned. */
class FidelityTest {
  private static final double MOST_LOGIT_ERROR = 0.25;
  private static final double MOST_DIVERGENCE = 1e-4;

  private static final Golden GOLDEN = Golden.of("What is the capital of France?");

  private static Path model = Path.of("");
  private static float[][] clear = {};

  @TempDir private Path folder;

  /** Logits in the clear of every step, each fed the golden answer so far. */
  @BeforeAll
  static void runInTheClear() throws Exception {
    model =
        new ModelResolver(ModelSources.cachedIn(Path.of("target", "models")))
            .resolve(KnownModel.SMOLLM2_135M_INSTRUCT.name(), Progress.NONE);
    int[] answer = GOLDEN.completion();
    clear = new float[answer.length][];
    try (ModelFiles source = ModelFiles.open(model)) {
      ClearRun run = ClearWeights.load(source).start();
      clear[0] = run.logits(GOLDEN.promptTokens());
      ClearTensor rest = run.eachLogits(Arrays.copyOf(answer, answer.length - 1));
      for (int step = 1; step < answer.length; step++) {
        clear[step] = new float[rest.width()];
        for (int i = 0; i < rest.width(); i++) {
          clear[step][i] = (float) rest.at(step - 1, i);
        }
      }
    }
  }

  /**
   * Eight steps each: the divergence that is bounded is a mean, and single steps have several times
   * it.
   */
  @ParameterizedTest
  @CsvSource({"1, 8", "2, 8"})
  void answersAsInTheClear(int stages, int steps) throws Exception {
    ShardSet shards;
    try (ProgressLine quiet =
        new ProgressLine(new PrintWriter(Writer.nullWriter()), false, 80, () -> 0)) {
      shards =
          new Provisioning(model.toString(), new Home(folder.resolve("home")), stages).cut(quiet);
    }
    int[] prompt = GOLDEN.promptTokens();
    int[] answer = GOLDEN.completion();
    Fidelity fidelity = new Fidelity();
    NodeIdentity caller = NodeIdentity.create();
    try (LocalLane lane = LocalLane.start(shards, caller, folder.resolve("run"));
        LaneJob job =
            LaneJob.open(
                lane.lane(),
                caller,
                Node.linkSettings(),
                shards.headers().getFirst().config().vocab(),
                prompt.length,
                steps,
                Duration.ofMinutes(2))) {
      assertThat(lane.nodes()).hasSize(3 * stages);
      for (int step = 0; step < steps; step++) {
        float[] shared = step == 0 ? job.next(prompt) : job.next(answer[step - 1]);
        Fidelity one = new Fidelity();
        one.add(clear[step], shared);
        fidelity.add(clear[step], shared);
        if (GOLDEN.margins()[step] > Fidelity.SURE_MARGIN) {
          assertThat(best(shared)).as("step %d", step).isEqualTo(answer[step]);
        }
        assertThat(one.worstError()).as("step %d", step).isLessThan(MOST_LOGIT_ERROR);
      }
    }
    assertThat(fidelity.steps()).isEqualTo(steps);
    assertThat(fidelity.sureButOther()).isZero();
    assertThat(fidelity.meanDivergence()).isLessThan(MOST_DIVERGENCE);
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }
}
