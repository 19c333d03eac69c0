package dev.sotto.mpc;

import dev.sotto.ring.BitPacker;
import dev.sotto.ring.Kernels;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One role's seat in one job: its peers, its streams, its correlations. A session runs steps one
 * after the other, with serials that only grow; it serves one job, on one thread, and is closed for
 * ever by the first {@link Abort}.
 */
public final class Session {
  private final Role role;
  private final Streams streams;
  private final Kernels kernels;
  private final @Nullable Channel peer;
  private final Dealings dealings;
  private final Meter meter = new Meter();
  private final Map<String, Scope> places = new HashMap<>();
  private final Map<Long, String> domains = new HashMap<>();
  private final Scope root;
  private int serial = -1;
  private boolean aborted;
  private byte[] out = new byte[1 << 16];
  private byte[] in = new byte[1 << 16];
  private byte[] packed = new byte[1 << 16];
  private long[] scratch = new long[1 << 12];

  /**
   * A seat.
   *
   * @param peer the other evaluator; null at the dealer
   * @param dealings the end that belongs to the role
   */
  public Session(
      Role role, Streams streams, Kernels kernels, @Nullable Channel peer, Dealings dealings) {
    boolean fits =
        switch (dealings) {
          case Dealings.Out o -> role == Role.DEALER;
          case Dealings.In i -> role == Role.EVALUATOR_1;
          case Dealings.None n -> role == Role.EVALUATOR_0;
        };
    if (!fits || role.evaluates() != (peer != null)) {
      throw new IllegalArgumentException("these links do not belong to " + role);
    }
    this.role = role;
    this.streams = streams;
    this.kernels = kernels;
    this.peer = peer;
    this.dealings = dealings;
    this.root = at("");
  }

  public Role role() {
    return role;
  }

  public Kernels kernels() {
    return kernels;
  }

  public Meter meter() {
    return meter;
  }

  /** The step that is running. */
  public int serial() {
    return serial;
  }

  /** Starts step {@code next}; a step runs once, after all earlier ones, and after no abort. */
  public void begin(int next) {
    refuseAfterAbort();
    if (next <= serial) {
      throw new IllegalStateException(
          "step " + next + " was already run: the session is at " + serial);
    }
    serial = next;
  }

  /** Ends a step: the dealer sends what it still holds. */
  public void end() {
    if (dealings instanceof Dealings.Out o) {
      o.flush();
    }
    meter.lap();
  }

  /** The place {@code path} of the program; itemises cost under {@code part}. */
  public Scope step(String part, String path) {
    meter.part(part);
    return root.in(path);
  }

  /** The place {@code path}, counted under whatever part is current. */
  public Scope place(String path) {
    return root.in(path);
  }

  Streams streams() {
    return streams;
  }

  /** The only place of this path: what it has drawn is remembered there, whatever led to it. */
  final Scope at(String path) {
    Scope s = places.get(path);
    if (s == null) {
      s = new Scope(this, path);
      String other = domains.putIfAbsent(s.domain(), path);
      if (other != null) {
        throw new IllegalStateException("streams of " + path + " and " + other + " have one name");
      }
      places.put(path, s);
    }
    return s;
  }

  /** The dealer's words to evaluator-1, packed; to be masked by the caller. */
  public void put(long[] words, int count, int bits) {
    int n = BitPacker.bytes(count, bits);
    packed = room(packed, n);
    BitPacker.pack(words, 0, count, bits, packed, 0);
    put(packed, n);
  }

  /** The dealer's bytes to evaluator-1; to be masked by the caller. */
  public void put(byte[] bytes, int length) {
    refuseAfterAbort();
    try {
      ((Dealings.Out) dealings).put(bytes, 0, length);
    } catch (Abort e) {
      throw closed(e);
    }
    meter.dealt(length);
  }

  /** What the dealer put. */
  public void take(long[] words, int count, int bits) {
    int n = BitPacker.bytes(count, bits);
    packed = room(packed, n);
    take(packed, n);
    BitPacker.unpack(packed, 0, count, bits, words, 0);
  }

  /** What the dealer put. */
  public void take(byte[] bytes, int length) {
    refuseAfterAbort();
    try {
      ((Dealings.In) dealings).take(bytes, 0, length);
    } catch (Abort e) {
      throw closed(e);
    }
    meter.dealt(length);
  }

  /**
   * What the dealer put for both evaluators: evaluator-1 has taken it and hands it on, evaluator-0
   * receives it. Nobody waits for an answer.
   */
  public void forward(byte[] bytes, int length) {
    Channel other = peer();
    refuseAfterAbort();
    try {
      if (role == Role.EVALUATOR_1) {
        other.send(bytes, length);
      } else {
        other.receive(bytes, length);
      }
    } catch (Abort e) {
      throw closed(e);
    }
    meter.forwarded(length);
  }

  private Channel peer() {
    if (peer == null) {
      throw new IllegalStateException("the dealer takes part in no round");
    }
    return peer;
  }

  byte[] outgoing(int bytes) {
    out = room(out, bytes);
    return out;
  }

  byte[] exchange(int bytes) {
    in = room(in, bytes);
    Channel other = peer();
    refuseAfterAbort();
    try {
      other.send(out, bytes);
      other.receive(in, bytes);
    } catch (Abort e) {
      throw closed(e);
    }
    return in;
  }

  /** Closes the session for what no honest peer sends; to be thrown. */
  public Abort cheated(String message, Throwable cause) {
    return closed(new Abort.PeerCheated(message, cause));
  }

  private void refuseAfterAbort() {
    if (aborted) {
      throw new IllegalStateException(
          "the session was aborted in step " + serial + " and stays closed; open a new one");
    }
  }

  private Abort closed(Abort e) {
    aborted = true;
    return e;
  }

  long[] scratch(int words) {
    if (scratch.length < words) {
      scratch = new long[words + (words >> 1)];
    }
    return scratch;
  }

  private static byte[] room(byte[] a, int n) {
    return a.length >= n ? a : new byte[n + (n >> 1)];
  }

  @Override
  public String toString() {
    return "Session[" + role + ", step " + serial + "]";
  }
}
