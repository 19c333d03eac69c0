package dev.sotto.models.shard;

import dev.sotto.models.ClearWeights;
import dev.sotto.nn.ClearModel;
import dev.sotto.nn.LayerwiseRanges;
import dev.sotto.nn.ModelConfig;
import dev.sotto.nn.Ranges;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A calibration in a process of its own, for what only a process can show: a small heap. */
final class ChildCalibration {
  /** 32 layers of 3.4 MB in the clear, and an embedding and a head of 16 MB each. */
  static final ModelConfig DEEP =
      new ModelConfig("llama", 32, 256, 4, 2, 64, 856, 16384, 2048, 1e-5, 10_000, null, false);

  static final int[][] PROMPTS = {{1, 2, 3, 4, 5}, {16383, 0, 7}};
  static final int[] FIRST = {5, 6, 7, 8};

  private ChildCalibration() {}

  static GeneratedModel deep() {
    return new GeneratedModel(
        DEEP,
        (t, r, c) ->
            t.contains("norm") ? 1 : ((r * 31 + c * 7 + t.length()) & 255) / 4096f - 1 / 32f);
  }

  static Process start(String heap) throws IOException {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(List.of("-XX:+UseSerialGC", heap, "-cp", System.getProperty("java.class.path")));
    java.add(ChildCalibration.class.getName());
    return new ProcessBuilder(java).redirectErrorStream(true).start();
  }

  static Ranges record() {
    return LayerwiseRanges.record(
        DEEP, new ClearWeights(deep()), PROMPTS, FIRST, (done, total) -> {});
  }

  /** Prints why the model cannot be loaded whole, then what a calibration saw. */
  public static void main(String[] args) {
    try {
      System.out.println(ClearWeights.load(deep()).config());
    } catch (IllegalArgumentException e) {
      System.out.println("refused: " + e.getMessage());
    }
    System.out.println(record());
  }

  static List<String> output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList();
  }

  static long weightBytes() {
    return ClearModel.weightBytes(DEEP);
  }
}
