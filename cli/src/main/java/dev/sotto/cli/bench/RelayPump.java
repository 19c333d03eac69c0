package dev.sotto.cli.bench;

import dev.sotto.cli.bench.RelayedNet.Way;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One direction of one connection of a relay: takes bytes, and gives them on when they are due. */
final class RelayPump {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MOST_BYTES = 8 << 20; // under way: far more than any Net's rate × delay
  private static final long BACKLOG_NANOS = 5_000_000; // at the entry, then the sender waits

  private final Socket from;
  private final Socket to;
  private final Supplier<@Nullable Net> net;
  private final Way way;
  private final long lead;
  private final BlockingQueue<Piece> travelling = new LinkedBlockingQueue<>();
  private final Semaphore room = new Semaphore(MOST_BYTES);

  /** Bytes under way, none at the end. */
  private record Piece(byte[] bytes, long due) {}

  RelayPump(Socket from, Socket to, Supplier<@Nullable Net> net, Way way, long lead) {
    this.from = from;
    this.to = to;
    this.net = net;
    this.way = way;
    this.lead = lead;
  }

  /** Until the sender ends. */
  void take() throws IOException, InterruptedException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long due = System.nanoTime();
    try {
      InputStream in = from.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        room.acquire(n);
        long now = System.nanoTime();
        Net over = net.get();
        long leaves = over == null ? now : way.leaves(now, n, over);
        due = over == null ? now : leaves + over.oneWay().toNanos();
        travelling.put(new Piece(Arrays.copyOf(buffer, n), due));
        await(leaves - BACKLOG_NANOS);
      }
    } finally {
      travelling.put(new Piece(new byte[0], due));
    }
  }

  /** Until the last byte has been given on. */
  void give() throws IOException, InterruptedException {
    try {
      OutputStream out = to.getOutputStream();
      while (true) {
        Piece piece = travelling.take();
        await(piece.due);
        if (piece.bytes.length == 0) {
          to.shutdownOutput();
          return;
        }
        out.write(piece.bytes);
        room.release(piece.bytes.length);
      }
    } catch (IOException e) {
      from.close(); // so that nothing more is taken
      room.release(BUFFER_BYTES);
      throw e;
    }
  }

  private void await(long moment) {
    for (long left = moment - System.nanoTime();
        left > lead && !Thread.currentThread().isInterrupted();
        left = moment - System.nanoTime()) {
      LockSupport.parkNanos(left - lead);
    }
  }
}
