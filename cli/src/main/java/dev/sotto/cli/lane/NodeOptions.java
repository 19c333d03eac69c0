package dev.sotto.cli.lane;

import dev.sotto.node.NodeProcess;
import dev.sotto.node.NodeSettings;
import dev.sotto.ring.KernelChoice;
import java.time.Duration;
import java.util.List;

/**
 * What the nodes of a local lane are told at their start.
 *
 * @param kernels the arithmetic's provider, one of {@link KernelChoice#NAMES}
 * @param patience how long a node waits for a peer that is due to speak
 */
public record NodeOptions(String kernels, Duration patience) {
  /** As nodes run where nobody asks for something else. */
  public static final NodeOptions DEFAULT =
      new NodeOptions(KernelChoice.AUTO, NodeSettings.DEFAULT.peerPatience());

  /** These with another provider. */
  public NodeOptions withKernels(String name) {
    return new NodeOptions(name, patience);
  }

  /** These with another patience. */
  public NodeOptions withPatience(Duration other) {
    return new NodeOptions(kernels, other);
  }

  List<String> arguments() {
    return List.of(
        NodeProcess.KERNELS + kernels, NodeProcess.PATIENCE_MILLIS + patience.toMillis());
  }
}
