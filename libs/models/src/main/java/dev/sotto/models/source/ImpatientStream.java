package dev.sotto.models.source;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A stream whose reads end when nothing has come for a while: the HTTP client's own wait for ever.
 */
final class ImpatientStream extends FilterInputStream {
  private static final long IDLE = Long.MAX_VALUE;

  private final long patience;
  private volatile long readingSince = IDLE;
  private volatile boolean stalled;
  private volatile boolean closed;
  private final Thread watch;

  ImpatientStream(InputStream in, Duration patience) {
    super(in);
    this.patience = patience.toNanos();
    this.watch = Thread.ofVirtual().start(this::watch);
  }

  private void watch() {
    while (!closed && !stalled) {
      long since = readingSince;
      long left = since == IDLE ? patience : patience - (System.nanoTime() - since);
      if (left <= 0) {
        stalled = true;
        try {
          // Wakes the reader.
          in.close();
        } catch (IOException e) {
          return;
        }
      } else {
        LockSupport.parkNanos(left);
      }
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int at, int count) throws IOException {
    readingSince = System.nanoTime();
    try {
      int n = in.read(to, at, count);
      if (stalled) {
        throw new IOException("nothing came for " + Duration.ofNanos(patience).toSeconds() + " s");
      }
      return n;
    } finally {
      readingSince = IDLE;
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    LockSupport.unpark(watch);
    super.close();
  }
}
