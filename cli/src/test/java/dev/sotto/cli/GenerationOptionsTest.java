package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.client.Sampling;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

class GenerationOptionsTest {
  @Command(name = "ask")
  static final class Ask implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private PromptOptions prompt = new PromptOptions();
    @Mixin private SamplingOptions sampling = new SamplingOptions();
    private byte[] input = new byte[0];
    private String text = "";
    private Sampling settings = Sampling.greedy();

    @Override
    public Integer call() throws IOException {
      CommandLine command = spec.commandLine();
      text = prompt.prompt(command, new ByteArrayInputStream(input));
      settings = sampling.sampling(command);
      int _ = prompt.maxTokens(command);
      prompt.stops(command);
      return 0;
    }
  }

  private final Ask ask = new Ask();

  private Run run(String... args) {
    return Run.of(
        new CommandLine(ask)
            .setParameterExceptionHandler(new PlainErrors())
            .setExecutionExceptionHandler(new PlainErrors()),
        args);
  }

  @Test
  void defaultsAreGreedyWithoutPenalties() {
    assertThat(run("hi")).isEqualTo(new Run(0, "", ""));
    assertThat(ask.settings.withSeed(0)).isEqualTo(Sampling.greedy());
    assertThat(ask.prompt.model()).isEqualTo("smollm2-135m-instruct");
    assertThat(ask.prompt.raw() || ask.prompt.json()).isFalse();
  }

  @Test
  void everyOptionArrives() {
    assertThat(
            run("--temperature=0.7 --top-p=0.9 --top-k=40 --repetition-penalty=1.1"
                    .concat(" --frequency-penalty=0.5 --presence-penalty=-0.5 --seed=7")
                    .concat(" --max-tokens=3 --stop=a --stop=b --raw --json --model=m hi")
                    .split(" "))
                .exitCode())
        .isZero();
    assertThat(ask.settings)
        .isEqualTo(
            Sampling.greedy()
                .withTemperature(0.7)
                .withTopP(0.9)
                .withTopK(40)
                .withRepetitionPenalty(1.1)
                .withPenalties(0.5, -0.5)
                .withSeed(7));
    assertThat(ask.prompt.model()).isEqualTo("m");
    assertThat(ask.prompt.raw() && ask.prompt.json()).isTrue();
  }

  @Test
  void withoutASeedEachRunHasItsOwn() {
    run("hi");
    long first = ask.settings.seed();
    run("hi");
    assertThat(ask.settings.seed()).isNotEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --temperature=3        | --temperature must be 0.0 to 2.0, was 3.0
          --temperature=NaN      | --temperature must be 0.0 to 2.0, was NaN
          --top-p=0              | --top-p must be above 0, to 1.0, was 0.0
          --top-k=-1             | --top-k must be 0 or more, was -1
          --repetition-penalty=0 | --repetition-penalty must be 0.01 to 10.0, was 0.0
          --presence-penalty=9   | --presence-penalty must be -2.0 to 2.0, was 9.0
          --frequency-penalty=9  | --frequency-penalty must be -2.0 to 2.0, was 9.0
          --max-tokens=0         | --max-tokens must be 1 to 1000000, was 0
          --stop=                | --stop must have 1 to 512 characters, had 0
          """)
  void whatIsOutOfRangeIsNamed(String option, String sentence) {
    Run run = run(option, "hi");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("sotto: " + sentence + "\n");
  }

  @Test
  void numbersThatAreNoneAreNamed() {
    assertThat(run("--temperature=warm", "hi").err()).contains("--temperature", "'warm'");
    assertThat(run("--seed=99999999999999999999", "hi").exitCode()).isEqualTo(2);
  }

  @Test
  void badPromptsAreRefused() {
    assertThat(run().exitCode()).isEqualTo(2);
    assertThat(run("").err()).startsWith("sotto: the prompt is empty\n");
    assertThat(run(" \n").err()).startsWith("sotto: the prompt is empty\n");
    assertThat(run("a\uFFFDb").err()).startsWith("sotto: the prompt is not valid UTF-8\n");
    assertThat(run("a\ud83d").err()).startsWith("sotto: the prompt is not valid UTF-8\n");
    assertThat(run("x".repeat(PromptOptions.MAX_PROMPT_BYTES + 1)).err())
        .startsWith("sotto: the prompt is longer than 1048576 bytes\n");
  }

  @Test
  void standardInputIsReadStrictlyAndBounded() {
    ask.input = "wie heißt du?".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(run("-").exitCode()).isZero();
    assertThat(ask.text).isEqualTo("wie heißt du?");
    ask.input = new byte[] {'a', (byte) 0xff};
    assertThat(run("-").err()).startsWith("sotto: the prompt is not valid UTF-8\n");
    ask.input = new byte[PromptOptions.MAX_PROMPT_BYTES + 1];
    assertThat(run("-").err()).startsWith("sotto: the prompt is longer than");
  }
}
