package dev.sotto.mpc;

import dev.sotto.ring.BitPacker;
import dev.sotto.ring.Kernels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One role's seat in one job: its peers, its streams, its correlations. A session runs steps one
 * after the other, with serials that only grow; it serves one job, on one thread at a time, and is
 * closed for ever by the first {@link Abort}.
 *
 * <p>An evaluator's step of one token may be run together with those of other jobs ({@link
 * #together}): what is drawn for a row comes from the row's own session at that session's serial,
 * so that every word is the one that the row would have met alone.
 */
public final class Session {
  private final Role role;
  private final @Nullable Streams streams;
  private final Kernels kernels;
  private final @Nullable Channel peer;
  private final Dealings dealings;
  private final List<Session> members;
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
    this.members = List.of();
    this.root = at("");
  }

  private Session(List<Session> members) {
    Session first = members.getFirst();
    this.role = first.role;
    this.streams = null;
    this.kernels = first.kernels;
    this.peer = first.peer;
    this.dealings = new Dealings.None();
    this.members = List.copyOf(members);
    this.root = at("");
  }

  /**
   * An evaluator's seat in several jobs at once, a row of values for each in this order: whatever a
   * protocol draws or is dealt is put together from the members' own, row after row, and what it
   * opens crosses the first member's link in one message. The other evaluator must name the same
   * members in the same order. Each member's step must have begun, and each is counted what its row
   * costs. Hides what the members' own steps hide: each word is masked by the stream that masks it
   * there, and no member's place draws twice in a step, alone or together.
   */
  public static Session together(List<Session> members) {
    for (Session m : members) {
      if (!m.role.evaluates() || m.role != members.getFirst().role || !m.members.isEmpty()) {
        throw new IllegalArgumentException("rows of " + m + " are not for one evaluator's seat");
      }
    }
    return new Session(members);
  }

  /** The sessions whose rows this one runs; empty for one that runs its own. */
  public List<Session> members() {
    return members;
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
    members.forEach(Session::refuseAfterAbort);
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
    if (streams == null) {
      throw new IllegalStateException("rows of several sessions have no streams of their own");
    }
    return streams;
  }

  /**
   * Words of a place's stream, for each member its part of them.
   *
   * @param weights how words are split among members; null for equal parts
   */
  void draw(Pair pair, long domain, int ring, long[] out, int @Nullable [] weights) {
    if (members.isEmpty()) {
      streams().words(pair, domain, serial, ring, out, 0, out.length);
      return;
    }
    int at = 0;
    for (int i = 0; i < members.size(); i++) {
      Session m = members.get(i);
      int n = part(out.length, i, weights);
      m.streams().words(pair, domain, m.serial, ring, out, at, n);
      at += n;
    }
  }

  /** How many of {@code count} words are member i's. */
  int part(int count, int i, int @Nullable [] weights) {
    int all = members.size();
    if (weights == null) {
      if (count % all != 0) {
        throw new IllegalStateException(count + " words are not the same for " + all + " rows");
      }
      return count / all;
    }
    int sum = 0;
    for (int w : weights) {
      sum += w;
    }
    if (weights.length != all || count % sum != 0) {
      throw new IllegalStateException(count + " words are not so many for each of " + all);
    }
    return count / sum * weights[i];
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

  /** What the dealer put: for each member what its own dealer put. */
  void take(long[] words, int count, int bits, int @Nullable [] weights) {
    if (members.isEmpty()) {
      take(words, 0, count, bits);
      return;
    }
    int at = 0;
    for (int i = 0; i < members.size(); i++) {
      int n = part(count, i, weights);
      members.get(i).take(words, at, n, bits);
      at += n;
    }
  }

  private void take(long[] words, int from, int count, int bits) {
    int n = BitPacker.bytes(count, bits);
    packed = room(packed, n);
    take(packed, n);
    BitPacker.unpack(packed, 0, count, bits, words, from);
  }

  /** What the dealer put. */
  public void take(byte[] bytes, int length) {
    refuseAfterAbort();
    if (!members.isEmpty()) {
      throw new IllegalStateException("rows of several sessions are dealt words, not bytes");
    }
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
    if (!members.isEmpty()) {
      throw new IllegalStateException("rows of several sessions are handed on word by word");
    }
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

  /**
   * A word to the other evaluator about how a step is run, which depends on no value; it {@link
   * #hear}s it.
   */
  public void tell(byte[] word) {
    Channel other = peer();
    refuseAfterAbort();
    try {
      other.send(word, word.length);
    } catch (Abort e) {
      throw closed(e);
    }
  }

  /** What the other evaluator {@link #tell}s. */
  public byte[] hear(int length) {
    Channel other = peer();
    refuseAfterAbort();
    byte[] word = new byte[length];
    try {
      other.receive(word, length);
    } catch (Abort e) {
      throw closed(e);
    }
    return word;
  }

  /** Counts as a round what the evaluators have told each other, so many bytes of it from here. */
  public void agreed(int bytes) {
    meter.round(bytes);
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

  byte[] exchange(int bytes, int incoming) {
    in = room(in, incoming);
    Channel other = peer();
    refuseAfterAbort();
    try {
      other.send(out, bytes);
      other.receive(in, incoming);
    } catch (Abort e) {
      throw closed(e);
    }
    return in;
  }

  /** Counts a round, and for each member what it would have opened alone. */
  void opened(int bytes, int[] ofMembers) {
    meter.round(bytes);
    for (int i = 0; i < ofMembers.length; i++) {
      members.get(i).meter.round(ofMembers[i]);
    }
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
    for (Session m : members) {
      m.aborted = true;
    }
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
    return members.isEmpty()
        ? "Session[" + role + ", step " + serial + "]"
        : "Session[" + role + ", rows of " + members.size() + " jobs]";
  }
}
