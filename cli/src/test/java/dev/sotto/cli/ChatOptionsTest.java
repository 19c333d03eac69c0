package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What chat and sidecar refuse before anything is started. */
class ChatOptionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chat|''|the prompt is empty",
        "chat|x --max-tokens=0|--max-tokens must be 1 to",
        "chat|x --temperature=3|--temperature",
        "chat|x --protection=none|--protection",
        "chat|--json|--json is for one PROMPT",
        "chat|x --gateway=http://127.0.0.1:1|must be given together",
        "chat|x --key-file=nothing|must be given together",
        "sidecar|--port=70000|--port must be 0 to 65535",
        "sidecar|extra|Unmatched argument",
      })
  void badOptionsAreNamed(String command, String options, String complaint, @TempDir Path home) {
    List<String> args = new ArrayList<>(List.of(command, "--home", home.toString()));
    args.addAll(options.isEmpty() ? List.of("") : List.of(options.split(" ", -1)));
    Run run = Run.of(args.toArray(String[]::new));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(complaint);
    assertThat(home).isEmptyDirectory();
  }
}
