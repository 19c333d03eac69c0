package dev.sotto.links;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The TCP connection below TLS. It counts bytes, reads ahead (TLS asks for a record's five header
 * bytes first: without this each record would cost two system calls) and holds reads to a deadline
 * that a peer cannot stretch by sending a byte now and then, as it can stretch SO_TIMEOUT.
 */
final class WireSocket extends Socket {
  private static final int SOCKET_BUFFER_BYTES = 1 << 20;
  private static final int READ_AHEAD_BYTES = 1 << 16;

  private final AtomicLong bytesIn = new AtomicLong();
  private final AtomicLong bytesOut = new AtomicLong();
  private volatile long deadline; // System.nanoTime(); only while deadlineSet
  private volatile boolean deadlineSet;
  private volatile boolean ended;
  private volatile long writingSince; // System.nanoTime() | 1 while a write is under way, else 0

  /** Before connecting: TCP agrees on its window scale then. */
  void tuneBuffers() throws IOException {
    setReceiveBufferSize(SOCKET_BUFFER_BYTES);
    setSendBufferSize(SOCKET_BUFFER_BYTES);
  }

  static int socketBufferBytes() {
    return SOCKET_BUFFER_BYTES;
  }

  /** Reads that wait past this moment of System.nanoTime() throw SocketTimeoutException. */
  void readUntil(long nanoTime) {
    deadline = nanoTime;
    deadlineSet = true;
  }

  /** Whether the peer's end of the connection was seen: TCP's, below TLS. */
  boolean ended() {
    return ended;
  }

  /** Whether a write has been under way for longer than this. TLS writes one record at a time. */
  boolean stallsLongerThan(long nanos) {
    long since = writingSince;
    return since != 0 && System.nanoTime() - since > nanos;
  }

  long bytesIn() {
    return bytesIn.get();
  }

  long bytesOut() {
    return bytesOut.get();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new ReadAhead(super.getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new Counted(super.getOutputStream());
  }

  private final class ReadAhead extends InputStream {
    private final InputStream in;
    private final byte[] buffer = new byte[READ_AHEAD_BYTES];
    private int position;
    private int limit;

    ReadAhead(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (position == limit) {
        awaitNoLongerThanDeadline();
        int n = in.read(buffer, 0, buffer.length);
        if (n < 0) {
          ended = true;
          return -1;
        }
        bytesIn.addAndGet(n);
        position = 0;
        limit = n;
      }
      int n = Math.min(length, limit - position);
      System.arraycopy(buffer, position, to, offset, n);
      position += n;
      return n;
    }

    private void awaitNoLongerThanDeadline() throws IOException {
      if (!deadlineSet) {
        return;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new SocketTimeoutException("the deadline has passed");
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(left + 999_999);
      setSoTimeout((int) Math.min(millis, Integer.MAX_VALUE));
    }

    @Override
    public int available() throws IOException {
      return limit - position + in.available();
    }

    @Override
    public void close() throws IOException {
      WireSocket.this.close();
    }
  }

  private final class Counted extends OutputStream {
    private final OutputStream out;

    Counted(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      bytesOut.addAndGet(length); // before: the peer may read them before this returns
      writingSince = System.nanoTime() | 1;
      try {
        out.write(from, offset, length);
      } finally {
        writingSince = 0;
      }
    }

    @Override
    public void close() throws IOException {
      WireSocket.this.close();
    }
  }
}
