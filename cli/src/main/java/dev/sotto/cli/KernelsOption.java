package dev.sotto.cli;

import dev.sotto.ring.KernelChoice;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code --kernels}: what the nodes compute with. Every provider gives the same words. */
final class KernelsOption {
  @Option(
      names = "--kernels",
      paramLabel = "NAME",
      defaultValue = KernelChoice.AUTO,
      description =
          "What nodes compute with: scalar, vector, djl (PyTorch), cuda (PyTorch on an NVIDIA GPU), or"
              + " auto, which measures the first two (default: ${DEFAULT-VALUE}).")
  private String name = KernelChoice.AUTO;

  /** The name, known to be one. */
  String name(CommandLine command) {
    if (!KernelChoice.NAMES.contains(name)) {
      throw new ParameterException(
          command,
          "--kernels must be one of %s, was '%s'"
              .formatted(String.join(", ", KernelChoice.NAMES), name));
    }
    return name;
  }
}
