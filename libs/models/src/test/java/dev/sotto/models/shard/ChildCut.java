package dev.sotto.models.shard;

import dev.sotto.nn.ModelConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A cut in a process of its own, for what only a process can show: a small heap, a kill, a limit.
 */
final class ChildCut {
  /** As wide as an 8B model's feed-forward network, so that the buffers have their real size. */
  static final ModelConfig WIDE =
      new ModelConfig("llama", 1, 1024, 16, 8, 64, 14336, 32000, 2048, 1e-5, 10_000, null, true);

  private ChildCut() {}

  static GeneratedModel wide() {
    return new GeneratedModel(WIDE, (t, r, c) -> ((r * 31 + c * 7 + t.length()) & 255) / 64f - 2);
  }

  /**
   * Starts one; {@code shell} goes before the command line, {@code args} are the folder, the model
   * ({@code wide} or {@code small}) and whether to hold at half the work until told to go on.
   */
  static Process start(String shell, List<String> jvm, Path folder, String model, boolean hold)
      throws IOException {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    java.addAll(jvm);
    java.addAll(List.of("-cp", System.getProperty("java.class.path"), ChildCut.class.getName()));
    java.addAll(List.of(folder.toString(), model, Boolean.toString(hold)));
    List<String> command = new ArrayList<>(List.of("sh", "-c", shell + "exec \"$@\"", "sh"));
    command.addAll(java);
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Prints {@code half} at half the work and at last {@code done} or the error. */
  public static void main(String[] args) {
    boolean hold = Boolean.parseBoolean(args[2]);
    GeneratedModel model =
        args[1].equals("wide")
            ? wide()
            : new GeneratedModel(GeneratedModel.SMALL, GeneratedModel.scattered(20));
    boolean[] told = new boolean[1];
    try {
      new ShardCutter(Cuts.seeded(20))
          .cut(
              model,
              Cuts.into(Path.of(args[0]), 1),
              Cuts.CALIBRATION,
              (matrix, done, total) -> {
                if (done * 2 >= total && !told[0]) {
                  told[0] = true;
                  System.out.println("half");
                  waitIf(hold);
                }
              });
      System.out.println("done");
    } catch (ShardException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }

  private static void waitIf(boolean hold) {
    try {
      if (hold && System.in.read() < 0) {
        System.out.println("nobody waits for this");
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
