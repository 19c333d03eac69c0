package dev.sotto.cli.bench;

import java.lang.management.ManagementFactory;

/** This process's own heap. */
final class Heap {
  private Heap() {}

  /** Bytes in use once garbage is gone. */
  static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
