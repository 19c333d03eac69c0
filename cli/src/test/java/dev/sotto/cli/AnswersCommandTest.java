package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sotto.contracts.audit.AnswerBook;
import dev.sotto.models.ClearWeights;
import dev.sotto.models.MadeUpModel;
import dev.sotto.models.format.HubModel;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.nn.ClearRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswersCommandTest {
  @Test
  void theBookHasTheClearModelsAnswers(@TempDir Path folder) throws IOException {
    Path model = folder.resolve("small");
    MadeUpModel.small(7).write(model);
    Path file = folder.resolve("book");
    String home = folder.resolve("home").toString();
    String[] command = {
      "answers", model.toString(), file.toString(), "--home", home, "--texts", "2", "--tokens", "20"
    };
    Run run = Run.of(command);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).startsWith("2 texts, 40 tokens: ");
    AnswerBook book = AnswerBook.open(file);
    assertThat(book.sequences()).isEqualTo(2);
    try (HubModel source = HubModel.open(model)) {
      ClearRun clear = ClearWeights.load(source).start();
      int[] tokens = book.tokens(1);
      assertThat(tokens).hasSize(20);
      for (int i = 0; i < tokens.length; i++) {
        float[] right = clear.logits(tokens[i]);
        float[] written = book.logits(1, i);
        for (int j = 0; j < right.length; j++) {
          assertThat(written[j]).isCloseTo(right[j], within(0.01f));
        }
      }
    }
    Run again = Run.of(command);
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("books are not overwritten");
    command[command.length - 1] = "3";
    assertThat(Run.of(command).exitCode()).isEqualTo(2);
  }

  /** A calibration has them on its way; they are no other than a run of their own would give. */
  @Test
  void aPlatformsLaneHasTheSameBook(@TempDir Path folder) throws IOException {
    Path model = folder.resolve("small");
    MadeUpModel.small(7).write(model);
    Home home = new Home(folder.resolve("home"));
    Path own = folder.resolve("own");
    try (ProgressLine quiet =
        new ProgressLine(
            new java.io.PrintWriter(java.io.Writer.nullWriter()), false, 80, () -> 0)) {
      Provisioning lane = new Provisioning(model.toString(), home, 1, "lane-1");
      var _ = lane.cut(quiet);
      try (ModelFiles source = new ModelSource(model.toString(), home).open(quiet)) {
        var _ = KnownAnswers.USUAL.write(source, own, quiet);
        Path book = lane.answers(source);
        assertThat(book).hasSameBinaryContentAs(own);
        Files.writeString(book, "damaged");
        KnownAnswers.ensure(book, source, quiet);
        assertThat(book).hasSameBinaryContentAs(own);
      }
    }
  }
}
