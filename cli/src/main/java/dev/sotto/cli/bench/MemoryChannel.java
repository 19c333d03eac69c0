package dev.sotto.cli.bench;

import dev.sotto.mpc.Channel;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Messages between two threads of this process. */
final class MemoryChannel implements Channel {
  private static final int MOST_MESSAGES = 64;

  private final BlockingQueue<byte[]> to;
  private final BlockingQueue<byte[]> from;

  MemoryChannel() {
    this(new LinkedBlockingQueue<>(MOST_MESSAGES), new LinkedBlockingQueue<>(MOST_MESSAGES));
  }

  private MemoryChannel(BlockingQueue<byte[]> to, BlockingQueue<byte[]> from) {
    this.to = to;
    this.from = from;
  }

  /** The other end. */
  MemoryChannel other() {
    return new MemoryChannel(from, to);
  }

  @Override
  public void send(byte[] bytes, int length) {
    try {
      to.put(Arrays.copyOf(bytes, length));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public void receive(byte[] bytes, int length) {
    try {
      byte[] message = from.take();
      if (message.length != length) {
        throw new IllegalStateException(
            "a message has %d bytes where %d are due".formatted(message.length, length));
      }
      System.arraycopy(message, 0, bytes, 0, length);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while measuring", e);
  }
}
