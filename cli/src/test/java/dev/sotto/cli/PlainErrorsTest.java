package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.models.ModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class PlainErrorsTest {
  @Command(name = "fails")
  record Fails(Exception e) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      throw e;
    }
  }

  private static Run run(Exception e) {
    return Run.of(new CommandLine(new Fails(e)).setExecutionExceptionHandler(new PlainErrors()));
  }

  @Test
  void foreseenTroubleIsItsOwnSentence() {
    assertThat(run(new CommandFailed("no room for a shard")))
        .isEqualTo(new Run(1, "", "sotto: no room for a shard\n"));
    assertThat(run(new ModelException("bad model\n  in two lines")).err())
        .isEqualTo("sotto: bad model in two lines\n");
    assertThat(run(new UncheckedIOException(new IOException("disk gone"))).err())
        .isEqualTo("sotto: disk gone\n");
  }

  @Test
  void fileTroubleNamesTheFile() {
    assertThat(run(new NoSuchFileException("x.gguf")).err())
        .isEqualTo("sotto: there is no file x.gguf\n");
    assertThat(run(new AccessDeniedException("x")).err())
        .isEqualTo("sotto: no permission to use x\n");
    assertThat(run(new FileSystemException("x", null, "No space left on device")).err())
        .isEqualTo("sotto: x: No space left on device\n");
  }

  @Test
  void aBugTellsItsPlaceAndNotItsValues() {
    Run run = run(new IllegalStateException("the secret is 42"));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("sotto: this is a bug in Sotto, please report it: IllegalStateException at ")
        .contains("PlainErrorsTest")
        .doesNotContain("42")
        .hasLineCount(1);
  }
}
