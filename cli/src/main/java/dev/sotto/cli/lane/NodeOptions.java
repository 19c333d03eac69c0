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
 * @param jobs jobs at once
 * @param heapMegabytes what a node's heap may grow to
 */
public record NodeOptions(String kernels, Duration patience, int jobs, int heapMegabytes) {
  /** As nodes run where nobody asks for something else. */
  public static final NodeOptions DEFAULT =
      new NodeOptions(
          KernelChoice.AUTO, NodeSettings.DEFAULT.peerPatience(), NodeSettings.DEFAULT.jobs(), 768);

  /** These with another provider. */
  public NodeOptions withKernels(String name) {
    return new NodeOptions(name, patience, jobs, heapMegabytes);
  }

  /** These with another patience. */
  public NodeOptions withPatience(Duration other) {
    return new NodeOptions(kernels, other, jobs, heapMegabytes);
  }

  /** These with so many jobs at once, in a heap that has room for them. */
  public NodeOptions withJobs(int most, int megabytes) {
    return new NodeOptions(kernels, patience, most, megabytes);
  }

  List<String> arguments() {
    return List.of(
        NodeProcess.KERNELS + kernels,
        NodeProcess.PATIENCE_MILLIS + patience.toMillis(),
        NodeProcess.JOBS + jobs);
  }
}
