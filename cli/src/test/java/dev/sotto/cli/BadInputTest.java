package dev.sotto.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.cli.lane.testing.Until;
import dev.sotto.models.MadeUpModel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user may get wrong, or interrupt, with generate and provision. */
class BadInputTest {
  private static final Duration SOON = Duration.ofMinutes(2);

  @TempDir private Path folder;
  private String model = "";
  private String home = "";

  @BeforeEach
  void makeUp() throws IOException {
    Path at = folder.resolve("small");
    MadeUpModel.small(7).write(at);
    model = at.toString();
    home = folder.resolve("home").toString();
  }

  private Run generate(String... more) {
    return Run.of(arguments(more));
  }

  private String[] arguments(String... more) {
    return Stream.concat(Stream.of("generate", "--model", model, "--home", home), Stream.of(more))
        .toArray(String[]::new);
  }

  private Path shard(String role) throws IOException {
    return shardFolder().resolve(role + ".stage-0-of-1.shard");
  }

  /** The only one that is there, whatever is in it. */
  private Path shardFolder() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(home, "shards"))) {
      return all.toList().getFirst();
    }
  }

  /** Folders of runs that are still there. */
  private List<Path> runs() throws IOException {
    Path run = Path.of(home, "run");
    if (!Files.isDirectory(run)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(run)) {
      return all.toList();
    }
  }

  @Test
  void badPromptsAndOptionsAreOneSentence() throws Exception {
    assertThat(generate("")).isEqualTo(usage("the prompt is empty"));
    assertThat(generate("--stages", "0", "x"))
        .isEqualTo(usage("--stages must be 1 or more, was 0"));
    assertThat(generate("--kernels", "abacus", "x"))
        .isEqualTo(usage("--kernels must be one of auto, scalar, vector, djl, cuda, was 'abacus'"));
    assertThat(generate("--kernels", "scalar", "--max-tokens", "2", "x").exitCode()).isZero();
    Run stages = generate("--stages", "3", "x");
    assertThat(stages.exitCode()).isEqualTo(1);
    assertThat(stages.err()).contains("stages").doesNotContain("bug");
    Run beyond = generate("word ".repeat(600));
    assertThat(beyond.exitCode()).isEqualTo(2);
    assertThat(beyond.err()).contains("sotto: the prompt has ", "shorten it");
    assertThat(runs()).isEmpty();

    Run unknown = Run.of("generate", "--model", "no-such-model", "--home", home, "x");
    assertThat(unknown.exitCode()).isEqualTo(1);
    assertThat(unknown.err())
        .contains("sotto: ", "no-such-model", "smollm2-135m-instruct")
        .doesNotContain("bug");

    Path config = Path.of(model, "config.json");
    Files.writeString(config, Files.readString(config).replace("LlamaForCausalLM", "MambaModel"));
    Run other = generate("x");
    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.err()).contains("MambaModel").doesNotContain("bug");

    try (Started bytes = Started.of(folder, "exec < <(printf 'a\\xff'); ", arguments("-"))) {
      assertThat(bytes.awaitEnd()).isEqualTo(2);
      assertThat(bytes.err()).startsWith("sotto: the prompt is not valid UTF-8\n");
    }
  }

  private static Run usage(String sentence) {
    return new Run(2, "", "sotto: " + sentence + "\nTry 'sotto generate --help'.\n");
  }

  @Test
  void damagedShardsAreNamedAndHeadersAreNotTrusted() throws Exception {
    assertThat(Run.of("provision", model, "--home", home).exitCode()).isZero();
    Path file = shard("evaluator-0");
    byte[] good = Files.readAllBytes(file);
    flip(file, good.length - 100);
    Run data = Run.of("verify-shards", "--home", home);
    assertThat(data.exitCode()).isEqualTo(1);
    assertThat(data.err()).contains("sotto: shard " + file, "damaged");
    Files.write(file, good);

    flip(file, 200);
    Run header = Run.of("verify-shards", "--home", home);
    assertThat(header.exitCode()).isEqualTo(1);
    assertThat(header.err()).contains("sotto: shard " + file);
    // A damaged header is found before anything is started; this machine can cut the model again.
    Run again = generate("--max-tokens", "2", "x");
    assertThat(again.err()).contains("cutting again: shard " + file);
    assertThat(again.exitCode()).isZero();
    assertThat(Run.of("verify-shards", "--home", home).exitCode()).isZero();
    assertThat(runs()).isEmpty();
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      int old = bytes.read();
      bytes.seek(at);
      bytes.write(old ^ 1);
    }
  }

  @Test
  void aFullDiskLeavesNothingAndTwoAtOnceLeaveOneWholeSet() throws Exception {
    try (Started full = Started.of(folder, "ulimit -f 300; ", "provision", model, "--home", home)) {
      assertThat(full.awaitEnd()).isEqualTo(1);
      assertThat(full.err()).contains("sotto: ", ".shard").doesNotContain("bug");
    }
    try (Stream<Path> left = Files.list(shardFolder())) {
      assertThat(left.filter(p -> !p.toString().endsWith(".lock"))).isEmpty();
    }
    List<CompletableFuture<Run>> both =
        Stream.of(1, 2)
            .map(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> Run.of("provision", model, "--home", home),
                        task -> new Thread(task).start()))
            .toList();
    List<Run> ended = both.stream().map(CompletableFuture::join).toList();
    assertThat(ended).anyMatch(run -> run.exitCode() == 0);
    assertThat(ended)
        .allMatch(run -> run.exitCode() == 0 || run.err().contains("another cut is writing"));
    assertThat(Run.of("verify-shards", "--home", home).out()).contains("3 shards", "intact");
  }

  /** Starts a long answer, and returns when its first words are there. */
  private Started answering() throws Exception {
    Started run =
        Started.of(
            folder,
            "",
            arguments("--raw", "--max-tokens", "480", "--temperature", "2", "tell me all"));
    Until.holds(
        "first words; " + run.err(), SOON, () -> !run.out().isEmpty() || !run.process.isAlive());
    assertThat(run.process.isAlive()).as(run.err()).isTrue();
    return run;
  }

  @Test
  void interruptedItLeavesNothingBehind() throws Exception {
    assertThat(Run.of("provision", model, "--home", home).exitCode()).isZero();
    for (String signal : List.of("INT", "KILL")) {
      try (Started run = answering()) {
        List<ProcessHandle> nodes = run.nodes();
        assertThat(nodes).hasSize(3);
        run.signal(signal);
        int code = run.awaitEnd();
        assertThat(code).isEqualTo(signal.equals("INT") ? 130 : 137);
        Until.holds(
            "nodes end after " + signal,
            Duration.ofSeconds(20),
            () -> nodes.stream().noneMatch(ProcessHandle::isAlive));
        if (!signal.equals("KILL")) {
          assertThat(runs()).isEmpty();
        }
      }
    }
  }

  @Test
  void aNodeThatDiesIsOneSentence() throws Exception {
    assertThat(Run.of("provision", model, "--home", home).exitCode()).isZero();
    try (Started run = answering()) {
      run.nodes().getFirst().destroyForcibly();
      assertThat(run.awaitEnd()).isEqualTo(1);
      assertThat(run.err()).matches("(?s)sotto: (dealer|evaluator-[01]) is gone: [^\\n]+\\n");
      assertThat(run.nodes()).isEmpty();
      assertThat(runs()).isEmpty();
    }
    Path exact = shard("evaluator-1");
    assertThat(new String(Files.readAllBytes(exact), 0, 4, StandardCharsets.US_ASCII)).isNotBlank();
    assertThat(Run.of("verify-shards", "--home", home).exitCode()).isZero();
  }
}
