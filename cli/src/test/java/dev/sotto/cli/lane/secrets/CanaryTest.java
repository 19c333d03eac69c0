package dev.sotto.cli.lane.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.models.format.HubModel;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.scan.MemoryScan;
import dev.sotto.scan.Needles;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A prompt and weights with values to be recognised by: they are in no memory, file or log of the
 * nodes, while the same scan finds the prompt where it may be.
 */
class CanaryTest {

  @Test
  void nodesHoldNeitherPromptNorAnswerNorWeights() throws Exception {
    Path folder = SmallModel.fresh("canary");
    Path publicFile = folder.resolve("model.json");
    Path run = folder.resolve("run");
    try (HubModel model = HubModel.open(SmallModel.folder())) {
      model.publicPart().write(publicFile);
    }
    int[] ids = Canary.ids();
    Needles prompt = Canary.prompt(ids);
    Needles secrets = prompt.and(Canary.model(ids));
    Process enclave = start(folder, publicFile, run);
    try (BufferedReader out =
            new BufferedReader(
                new InputStreamReader(enclave.getInputStream(), StandardCharsets.UTF_8));
        BufferedWriter in =
            new BufferedWriter(
                new OutputStreamWriter(enclave.getOutputStream(), StandardCharsets.UTF_8))) {
      long[] nodes =
          Arrays.stream(heard(out, "nodes").split(" ")).mapToLong(Long::parseLong).toArray();
      assertThat(nodes).hasSize(3);
      say(in, Canary.PROMPT);
      assertThat(heard(out, "prompt")).isEqualTo(String.valueOf(Arrays.hashCode(ids)));

      // After the prompt, between two steps. The same scan sees the prompt in the enclave alone.
      assertThat(new MemoryScan(prompt).find(enclave.pid()))
          .contains(
              "the phrase as UTF-8",
              "the phrase as UTF-16",
              "the ids as int32, LITTLE_ENDIAN",
              "later ids as int32, LITTLE_ENDIAN");
      nothingIn(nodes, secrets);
      onlyTheirOwnFiles(nodes, run);

      // In the middle of steps, all processes frozen.
      say(in, "go on");
      heard(out, "deciding");
      signal("STOP", nodes);
      nothingIn(nodes, secrets);
      signal("CONT", nodes);
      heard(out, "answered");

      // After the job.
      say(in, "close");
      heard(out, "closed");
      nothingIn(nodes, secrets);
      nothingInFiles(run, secrets);
      say(in, "end");
      assertThat(heard(out, "held")).isEqualTo(Canary.PROMPT.length() + " " + ids.length);
      assertThat(enclave.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(enclave.exitValue()).isZero();
      assertThat(run).doesNotExist();
    } finally {
      enclave.descendants().forEach(ProcessHandle::destroyForcibly);
      enclave.destroyForcibly();
    }
  }

  private static void nothingIn(long[] nodes, Needles secrets) throws IOException {
    for (long pid : nodes) {
      MemoryScan scan = new MemoryScan(secrets);
      assertThat(scan.find(pid)).isEmpty();
      assertThat(scan.scanned()).as("bytes looked through").isGreaterThan(20_000_000);
    }
  }

  private static void nothingInFiles(Path folder, Needles secrets) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    assertThat(files).hasSize(9); // identity, log, and lane as it finds it, of each node
    List<Path> looked = new ArrayList<>(files);
    try (Stream<Path> all = Files.list(SmallModel.shards().folder())) {
      all.filter(Files::isRegularFile).forEach(looked::add);
    }
    for (Path file : looked) {
      byte[] bytes = Files.readAllBytes(file);
      assertThat(new MemoryScan(secrets).find(bytes)).as(file.toString()).isEmpty();
    }
  }

  /** Of all shards and identities, a node has its own open or mapped. */
  private static void onlyTheirOwnFiles(long[] nodes, Path run) throws IOException {
    String shards = SmallModel.shards().folder().toRealPath().toString();
    ShardRole[] roles = {ShardRole.DEALER, ShardRole.EVALUATOR_0, ShardRole.EVALUATOR_1};
    for (int i = 0; i < 3; i++) {
      Set<String> used = new java.util.TreeSet<>();
      for (String line : Files.readAllLines(Path.of("/proc/" + nodes[i] + "/maps"))) {
        used.add(line.split("\\s+", 6).length < 6 ? "" : line.split("\\s+", 6)[5]);
      }
      try (Stream<Path> open = Files.list(Path.of("/proc/" + nodes[i] + "/fd"))) {
        for (Path fd : open.toList()) {
          used.add(target(fd));
        }
      }
      String own = SmallModel.shards().file(roles[i], 0).toRealPath().toString();
      assertThat(used.stream().filter(f -> f.startsWith(shards))).containsExactly(own);
      String home = run.toRealPath().toString();
      String name = roles[i].label() + ".stage-0";
      assertThat(used.stream().filter(f -> f.startsWith(home)))
          .isSubsetOf(home + "/" + name + ".log", home + "/" + name + ".identity");
      assertThat(used).noneMatch(f -> f.contains(SmallModel.folder().toString()));
    }
  }

  private static String target(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (IOException e) {
      return ""; // closed since it was listed
    }
  }

  private static Process start(Path folder, Path part, Path run) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            EnclaveProgram.class.getName(),
            SmallModel.shards().folder().toString(),
            part.toString(),
            run.toString())
        .redirectError(folder.resolve("enclave.log").toFile())
        .start();
  }

  private static String heard(BufferedReader out, String word) throws IOException {
    String line = out.readLine();
    assertThat(line).as("what the enclave says").isNotNull().startsWith(word);
    return line.substring(word.length()).strip();
  }

  private static void say(BufferedWriter in, String line) throws IOException {
    in.write(line);
    in.newLine();
    in.flush();
  }

  private static void signal(String signal, long[] pids) throws Exception {
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    for (long pid : pids) {
      command.add(String.valueOf(pid));
    }
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
