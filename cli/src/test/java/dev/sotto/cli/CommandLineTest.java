package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

class CommandLineTest {
  static Stream<String> commands() {
    return Main.commandLine().getSubcommands().keySet().stream();
  }

  @Test
  void helpNamesEveryCommandAndTheExitCodes() {
    Run run = Run.of("--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    commands().forEach(name -> assertThat(run.out()).contains("  " + name));
    assertThat(run.out()).contains("130", "interrupted", "sotto test");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasHelp(String command) {
    Run run = Run.of(command, "--help");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("Usage: sotto " + command);
  }

  @Test
  void everyCommandAndOptionIsDescribed() {
    List<String> silent = new ArrayList<>();
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      CommandSpec spec = command.getCommandSpec();
      if (spec.usageMessage().description().length == 0) {
        silent.add(spec.qualifiedName());
      }
      for (ArgSpec arg : spec.args()) {
        if (arg.description().length == 0) {
          silent.add(spec.qualifiedName() + " " + arg.paramLabel());
        }
      }
    }
    assertThat(silent).isEmpty();
  }

  @Test
  void versionIsOneLine() {
    Run run = Run.of("--version");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("sotto ").hasLineCount(1);
  }

  @Test
  void whatIsNotUnderstoodIsOneSentenceAndExitCode2() {
    for (String[] args : new String[][] {{}, {"frobnicate"}, {"models", "--frob"}, {"-x"}}) {
      Run run = Run.of(args);
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).startsWith("sotto: ").hasLineCount(2).doesNotContain("Exception");
    }
  }
}
