package dev.sotto.embedded.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.embedded.testing.SharedPlatform;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The official Python client, and a fuzzer of the API's own document, from their registry. */
@ExtendWith(SharedPlatform.class)
class PythonClientTest {
  private static final int THINGS = 18;

  @TempDir private Path folder;

  /** A Python of the test's own with what a file names. */
  private String python(Path requirements) throws Exception {
    Programs.run(folder, "python3", "-m", "venv", "environment");
    Programs.run(
        folder,
        "environment/bin/pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "-r",
        requirements.toString());
    return "environment/bin/python";
  }

  @Test
  void theOfficialClientHoldsInAllItsCalls() throws Exception {
    Path sources = Programs.sources("python");
    String python = python(sources.resolve("requirements.txt"));
    String said = Programs.run(folder, python, sources.resolve("official.py").toString());
    assertThat(said.lines()).as(said).hasSize(THINGS).allMatch(line -> line.startsWith("holds: "));
  }

  @Test
  void noGeneratedRequestFindsAFaultOrAnUndocumentedStatus() throws Exception {
    Path sources = Programs.sources("python");
    String python = python(sources.resolve("fuzz-requirements.txt"));
    String said = Programs.run(folder, python, sources.resolve("fuzz.py").toString());
    assertThat(said).contains("Coverage (in", "Fuzzing (in").doesNotContain("❌", "FAILURES");
  }
}
