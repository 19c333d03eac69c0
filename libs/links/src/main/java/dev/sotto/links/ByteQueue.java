package dev.sotto.links;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that wait, in the order in which they came: in chunks that are used again, so that
 * gigabytes pass through without a word for the collector, and small pieces take no more than their
 * bytes. Not thread-safe.
 */
public final class ByteQueue {
  private static final int CHUNK_BYTES = 1 << 18;

  /** Bytes that waited together: the first {@link #length} of {@link #bytes}. */
  public static final class Chunk {
    private final byte[] bytes = new byte[CHUNK_BYTES];
    private int length;

    /** The array, of which the first {@link #length} bytes count. */
    public byte[] bytes() {
      return bytes;
    }

    /** How many bytes of the array count. */
    public int length() {
      return length;
    }
  }

  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
  private final ArrayDeque<Chunk> spare = new ArrayDeque<>();
  private final int spares;

  /**
   * A queue that keeps chunks which it has given out and got back.
   *
   * @param kept bytes that the kept chunks may take, rounded up to a chunk
   */
  public ByteQueue(long kept) {
    this.spares = Math.toIntExact((kept + CHUNK_BYTES - 1) / CHUNK_BYTES);
  }

  /** Whether nothing waits. */
  public boolean isEmpty() {
    return chunks.isEmpty();
  }

  /** Copies {@code length} bytes to the end. */
  public void append(byte[] from, int offset, int length) {
    while (length > 0) {
      Chunk last = chunks.peekLast();
      if (last == null || last.length == CHUNK_BYTES) {
        last = spare.isEmpty() ? new Chunk() : spare.pop();
        chunks.add(last);
      }
      int n = Math.min(length, CHUNK_BYTES - last.length);
      System.arraycopy(from, offset, last.bytes, last.length, n);
      last.length += n;
      offset += n;
      length -= n;
    }
  }

  /** Takes the first chunk out; null when nothing waits. It is the caller's until given back. */
  public @Nullable Chunk poll() {
    return chunks.poll();
  }

  /** Gives back what {@link #poll} gave: its bytes are read. */
  public void recycle(Chunk chunk) {
    chunk.length = 0;
    if (spare.size() < spares) {
      spare.push(chunk);
    }
  }

  /** Drops what waits, and what is kept. */
  public void clear() {
    chunks.clear();
    spare.clear();
  }
}
