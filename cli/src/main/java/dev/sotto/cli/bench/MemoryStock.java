package dev.sotto.cli.bench;

import dev.sotto.mpc.Dealings;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/** Dealt bytes between two threads of this process, as many ahead as a node's own stock holds. */
final class MemoryStock {
  private static final int STOCK_BYTES = 64 << 20;
  private static final int CHUNK_BYTES = 1 << 18;

  private final BlockingQueue<byte[]> chunks = new LinkedBlockingQueue<>();
  private final Semaphore room = new Semaphore(STOCK_BYTES);

  Dealings.Out out() {
    return new Out();
  }

  Dealings.In in() {
    return new In();
  }

  private final class Out implements Dealings.Out {
    private final byte[] buffer = new byte[CHUNK_BYTES];
    private int filled;

    @Override
    public void put(byte[] bytes, int from, int length) {
      int end = from + length;
      while (from < end) {
        int n = Math.min(end - from, CHUNK_BYTES - filled);
        System.arraycopy(bytes, from, buffer, filled, n);
        filled += n;
        from += n;
        if (filled == CHUNK_BYTES) {
          flush();
        }
      }
    }

    @Override
    public void flush() {
      if (filled == 0) {
        return;
      }
      try {
        room.acquire(filled);
        chunks.put(Arrays.copyOf(buffer, filled));
        filled = 0;
      } catch (InterruptedException e) {
        throw MemoryChannel.interrupted(e);
      }
    }
  }

  private final class In implements Dealings.In {
    private byte[] current = {};
    private int at;

    @Override
    public void take(byte[] bytes, int from, int length) {
      int end = from + length;
      while (from < end) {
        if (at == current.length) {
          room.release(current.length);
          current = next();
          at = 0;
        }
        int n = Math.min(end - from, current.length - at);
        System.arraycopy(current, at, bytes, from, n);
        at += n;
        from += n;
      }
    }

    private byte[] next() {
      try {
        return chunks.take();
      } catch (InterruptedException e) {
        throw MemoryChannel.interrupted(e);
      }
    }
  }
}
