package dev.sotto.cli.lane.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.client.Generation;
import dev.sotto.models.format.HubModel;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.models.text.PublicPart;
import dev.sotto.nn.ClearArithmetic;
import dev.sotto.nn.ClearModel;
import dev.sotto.nn.ClearTensor;
import dev.sotto.nn.Decoder;
import dev.sotto.nn.Step;
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
  private static final String PHRASE = "quetzal amber 7391 lighthouse";
  private static final String PROMPT = "Tell käte of the " + PHRASE + " ✻ and the sea";
  private static final int ROW = 8; // values in a row: none of them comes about by chance

  @Test
  void nodesHoldNeitherPromptNorAnswerNorWeights() throws Exception {
    Path folder = SmallModel.fresh("canary");
    Path publicFile = folder.resolve("model.json");
    Path run = folder.resolve("run");
    int[] ids;
    PublicPart part;
    try (HubModel model = HubModel.open(SmallModel.folder())) {
      part = model.publicPart();
      part.write(publicFile);
    }
    try (Generation generation = new Generation(part)) {
      ids = generation.prompt(PROMPT, true);
    }
    Needles prompt = promptNeedles(ids);
    Needles secrets = prompt.and(modelNeedles(ids));
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
      say(in, PROMPT);
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
      assertThat(heard(out, "held")).isEqualTo(PROMPT.length() + " " + ids.length);
      assertThat(enclave.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(enclave.exitValue()).isZero();
      assertThat(run).doesNotExist();
    } finally {
      enclave.descendants().forEach(ProcessHandle::destroyForcibly);
      enclave.destroyForcibly();
    }
  }

  private static Needles promptNeedles(int[] ids) {
    Needles needles = new Needles();
    needles.text("the phrase", PHRASE);
    needles.integers("the ids", Arrays.stream(ids).limit(2 * ROW).asLongStream().toArray());
    needles.integers("later ids", Arrays.stream(ids).skip(9).limit(ROW).asLongStream().toArray());
    return needles;
  }

  /** Rows and columns of every matrix, and what the model makes of the prompt. */
  private static Needles modelNeedles(int[] ids) {
    Needles needles = new Needles();
    try (HubModel model = HubModel.open(SmallModel.folder())) {
      for (String name : model.names()) {
        int rows = model.rows(name);
        int columns = model.columns(name);
        float[] all = new float[rows * columns];
        model.read(name, 0, rows, all);
        for (int row = 0; row < rows; row += Math.max(1, rows / 4)) {
          float[] along = Arrays.copyOfRange(all, row * columns, row * columns + 2 * ROW);
          needles.floats(name + " row " + row, along);
          fixed(needles, name + " row " + row, Arrays.copyOf(along, ROW));
        }
        for (int column = 0; rows >= 2 * ROW && column < columns; column += columns / 4) {
          float[] down = new float[ROW];
          for (int i = 0; i < ROW; i++) {
            down[i] = all[(ROW + i) * columns + column];
          }
          needles.floats(name + " column " + column, down);
          fixed(needles, name + " column " + column, down);
        }
      }
    }
    ClearModel clear = SmallModel.clear();
    for (int layers = 1; layers <= 2; layers++) {
      ClearTensor h =
          new Decoder<ClearTensor>(0, layers)
              .blocks(new ClearArithmetic(clear), clear.embed(ids), new Step(0, 0, ids.length));
      for (int token : new int[] {0, ids.length - 1}) {
        double[] state = Arrays.copyOfRange(h.values(), token * h.width(), token * h.width() + ROW);
        String name = "state after layer " + layers + " of token " + token;
        needles.around(name, 49, 30, 0.02, state);
        needles.around(name, 35, 16, 0.02, state);
        needles.around(name, 64, 16, 0.02, state);
      }
    }
    float[] logits = clear.start().logits(ids);
    double[] some = new double[ROW];
    for (int i = 0; i < ROW; i++) {
      some[i] = logits[i];
    }
    needles.around("logits", 22, 12, 0.02, some);
    needles.around("logits", 64, 12, 0.02, some);
    return needles;
  }

  /** Weights in the fixed point of the rings, where that holds them exactly and plainly. */
  private static void fixed(Needles needles, String name, float[] values) {
    boolean exact = true;
    for (float v : values) {
      double scaled = Math.scalb((double) v, 16);
      exact &= scaled == Math.rint(scaled);
    }
    if (exact) {
      needles.fixed(name, 16, values);
      needles.fixed(name, 30, values);
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
    assertThat(files).hasSize(7); // an identity and a log of each node, and the lane
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
