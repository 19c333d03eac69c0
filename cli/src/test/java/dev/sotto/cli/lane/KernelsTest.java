package dev.sotto.cli.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.links.NodeIdentity;
import dev.sotto.node.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes compute with the provider that they are told to. */
class KernelsTest {
  private final NodeIdentity caller = NodeIdentity.create();

  private LocalLane start(String kernels) throws IOException {
    return LocalLane.start(
        SmallModel.shards(),
        caller,
        SmallModel.fresh("run"),
        NodeOptions.DEFAULT.withKernels(kernels));
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "scalar", "vector", "djl"})
  void anyProviderAnswersLikeTheClear(String kernels) throws IOException {
    int[] prompt = SmallModel.prompt(3, 9);
    try (LocalLane lane = start(kernels);
        LaneJob job =
            LaneJob.open(
                lane.lane(),
                caller,
                Node.linkSettings(),
                SmallModel.VOCAB,
                prompt.length,
                1,
                Duration.ofSeconds(60))) {
      SmallModel.assertClose(job.next(prompt), SmallModel.clear().start().logits(prompt));
      if (Files.isDirectory(Path.of("/proc/self"))) {
        for (NodeHandle node : lane.nodes()) {
          String maps = Files.readString(Path.of("/proc", String.valueOf(node.pid()), "maps"));
          assertThat(maps.contains("libtorch"))
              .as("PyTorch in %s", node.name())
              .isEqualTo(kernels.equals("djl"));
        }
      }
    }
  }

  @Test
  void anUnknownOneStartsNothing() {
    assertThatThrownBy(() -> start("abacus"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not start: kernels: no provider is called 'abacus'")
        .hasMessageContaining("auto, scalar, vector, djl or cuda");
  }
}
