package dev.sotto.cli.bench;

import dev.sotto.cli.lane.Routes;
import dev.sotto.contracts.Lane;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.LaneStage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A network that is slower than this machine's own: whoever connects is told the address of a
 * relay, which carries bytes on after a delay and at a rate. Relays see what links send, TLS. Each
 * pair has a way of its own in either direction, shared by all its connections. How a connection's
 * window grows over a distance is not part of it. Its threads sleep until bytes are due.
 */
final class RelayedNet implements Routes, AutoCloseable {
  private static final int TRIALS = 31;
  private static final long TRIAL_NANOS = 200_000;
  private static final int PINGS = 51;
  private static final int PING_BYTES = 64;

  private final Map<String, Integer> relays = new HashMap<>();
  private final Map<String, Way> ways = new HashMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final long lead = oversleeps();
  private volatile @Nullable Net net;

  /** From now on bytes travel as over {@code other}; without delay if it is null. */
  void become(@Nullable Net other) {
    net = other;
  }

  /** One direction between two: what is on it leaves one after the other. Thread-safe. */
  static final class Way {
    private long free = Long.MIN_VALUE;

    /** When the last of these bytes has left, by the clock of {@link System#nanoTime}. */
    synchronized long leaves(long now, int bytes, Net net) {
      long from = free == Long.MIN_VALUE || free - now < 0 ? now : free;
      free = from + Math.round(bytes * 1e9 / net.bytesPerSecond());
      return free;
    }
  }

  @Override
  public Lane from(String viewer, Lane lane) throws IOException {
    List<LaneStage> stages = new ArrayList<>();
    for (LaneStage stage : lane.stages()) {
      stages.add(
          new LaneStage(
              stage.firstLayer(),
              stage.lastLayer(),
              relayed(viewer, stage.dealer()),
              relayed(viewer, stage.evaluator0()),
              relayed(viewer, stage.evaluator1())));
    }
    return new Lane(lane.version(), lane.modelDigest(), lane.laneId(), stages);
  }

  private LaneNode relayed(String viewer, LaneNode node) throws IOException {
    int port = relay(viewer, node.identity(), node.port());
    return new LaneNode(
        node.identity(), InetAddress.getLoopbackAddress().getHostAddress(), port, node.operator());
  }

  /** The port at which {@code from} finds {@code to}, who listens at {@code port}. */
  private synchronized int relay(String from, String to, int port) throws IOException {
    Integer known = relays.get(from + ">" + to);
    if (known != null) {
      return known;
    }
    ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    open.add(server);
    Way there = ways.computeIfAbsent(from + ">" + to, w -> new Way());
    Way back = ways.computeIfAbsent(to + ">" + from, w -> new Way());
    daemon(
        "accept",
        () -> {
          while (true) {
            join(server.accept(), port, there, back);
          }
        });
    relays.put(from + ">" + to, server.getLocalPort());
    return server.getLocalPort();
  }

  /** Whoever is not to be reached is so for who asked, too. */
  private void join(Socket near, int port, Way there, Way back) throws IOException {
    Socket far;
    try {
      far = new Socket(InetAddress.getLoopbackAddress(), port);
    } catch (IOException e) {
      near.close();
      return;
    }
    carry(near, far, there);
    carry(far, near, back);
  }

  private synchronized void carry(Socket from, Socket to, Way way) throws IOException {
    from.setTcpNoDelay(true);
    open.add(from);
    RelayPump pump = new RelayPump(from, to, () -> net, way, lead);
    daemon("takes", pump::take);
    daemon("gives", pump::give);
  }

  /** What a thread of a relay does until its connection ends. */
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  private static void daemon(String what, Work work) {
    Thread.ofPlatform()
        .name("sotto-relay-" + what)
        .daemon()
        .start(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // the connection, or the relay, has ended
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  /** By how much this machine sleeps longer than it is told, so that bytes do not come late. */
  private static long oversleeps() {
    long[] over = new long[TRIALS];
    for (int i = 0; i < TRIALS; i++) {
      long from = System.nanoTime();
      LockSupport.parkNanos(TRIAL_NANOS);
      over[i] = System.nanoTime() - from - TRIAL_NANOS;
    }
    Arrays.sort(over);
    return Math.clamp(over[TRIALS / 2], 0, TRIAL_NANOS / 2);
  }

  /** Seconds that a few bytes take one way now: halves of round trips through a relay. */
  Runs oneWay() throws IOException {
    try (ServerSocket echo = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      daemon(
          "echoes",
          () -> {
            try (Socket near = echo.accept()) {
              near.setTcpNoDelay(true);
              near.getInputStream().transferTo(near.getOutputStream());
            }
          });
      String there = "ping-" + echo.getLocalPort();
      int port = relay("ping", there, echo.getLocalPort());
      double[] seconds = new double[PINGS];
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setTcpNoDelay(true);
        byte[] ping = new byte[PING_BYTES];
        for (int i = -1; i < PINGS; i++) {
          long from = System.nanoTime();
          socket.getOutputStream().write(ping);
          if (socket.getInputStream().readNBytes(PING_BYTES).length < PING_BYTES) {
            throw new IOException("a relay broke off");
          }
          if (i >= 0) {
            seconds[i] = (System.nanoTime() - from) / 2e9;
          }
        }
      }
      return Runs.of(seconds);
    }
  }

  @Override
  public synchronized void close() {
    for (AutoCloseable one : open) {
      try {
        one.close();
      } catch (Exception e) {
        // it has ended already
      }
    }
    open.clear();
  }
}
