package dev.sotto.ring;

import ai.djl.Device;
import ai.djl.engine.StandardCapabilities;
import java.util.stream.Stream;

/** Where limbs are tested: the CPU always, a GPU where PyTorch finds one. */
final class Devices {
  private Devices() {}

  static Stream<Device> all() {
    return cuda() ? Stream.of(Device.cpu(), Device.gpu()) : Stream.of(Device.cpu());
  }

  static boolean cuda() {
    return Pytorch.manager("limbs", Device.cpu())
        .getEngine()
        .hasCapability(StandardCapabilities.CUDA);
  }
}
