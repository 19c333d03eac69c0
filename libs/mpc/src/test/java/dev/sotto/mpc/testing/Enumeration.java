package dev.sotto.mpc.testing;

import dev.sotto.mpc.Channel;
import dev.sotto.mpc.Dealings;
import dev.sotto.mpc.NarrowMatrix;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.TableMatrix;
import dev.sotto.mpc.WideMatrix;
import dev.sotto.ring.ScalarKernels;
import dev.sotto.ring.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * View tests by enumeration: a program of three roles on a tiny ring is run once for every value of
 * all its randomness. What a role sees (its streams, its inputs, all it receives) must be
 * distributed alike for every secret. The seats take turns on one thread: one that waits for a
 * message is started anew when the message is there, with the same randomness.
 */
public final class Enumeration<S> {
  /** What is run at every seat; the result's parts are put together and checked. */
  @FunctionalInterface
  public interface Program<S> {
    /** This role's part. */
    Share run(Seat seat, S secret);
  }

  /**
   * What all runs with one secret gave.
   *
   * @param views by role the sorted fingerprints of what it saw
   * @param caller the same for whoever is handed both shares of the result
   */
  private record Seen(Map<Role, long[]> views, long[] caller, Map<Long, Map<Long, Long>> dealt) {}

  private final Program<S> program;
  private final Tape tape = new Tape();
  private final Map<Role, Tape.View> views = new EnumMap<>(Role.class);
  private final Map<Role, Session> sessions = new EnumMap<>(Role.class);
  private final Map<Role, Seat> seats = new EnumMap<>(Role.class);
  private final List<byte[]> dealings = new ArrayList<>();
  private final Map<Role, List<byte[]>> sent = new EnumMap<>(Role.class);
  private int taken;
  private int serial;

  private Enumeration(Program<S> program, UnaryOperator<Streams> defect) {
    this.program = program;
    for (Role role : Role.values()) {
      Tape.View view = new Tape.View();
      views.put(role, view);
      sent.put(role, new ArrayList<>());
      Session s =
          new Session(
              role,
              defect.apply(tape.seenBy(view)),
              new ScalarKernels(),
              role.evaluates() ? new Turns(role) : null,
              links(role));
      sessions.put(role, s);
      seats.put(role, new Seat(s.place("view"), tape, view));
    }
  }

  /**
   * Runs everything.
   *
   * @param right whether a result is right for a secret
   * @throws AssertionError that names the role whose view depends on the secret
   */
  public static <S> void hides(Program<S> program, List<S> secrets, BiPredicate<S, Long> right) {
    hides(program, secrets, right, UnaryOperator.identity());
  }

  /** The same with streams that a test has broken. */
  public static <S> void hides(
      Program<S> program,
      List<S> secrets,
      BiPredicate<S, Long> right,
      UnaryOperator<Streams> defect) {
    Seen first = null;
    for (S secret : secrets) {
      Seen seen = new Enumeration<>(program, defect).all(secret, right);
      if (first == null) {
        first = seen;
      }
      for (Role role : Role.values()) {
        if (!Arrays.equals(seen.views.get(role), first.views.get(role))) {
          throw new AssertionError("the view of " + role + " depends on the secret");
        }
      }
    }
  }

  /** The same for a caller who opens the result: secrets with one result give one distribution. */
  public static <S> void hidesFromCaller(Program<S> program, List<S> secrets) {
    long[] first = null;
    for (S secret : secrets) {
      Seen seen = new Enumeration<>(program, UnaryOperator.identity()).all(secret, (s, v) -> true);
      if (first == null) {
        first = seen.caller;
      }
      if (!Arrays.equals(seen.caller, first)) {
        throw new AssertionError("the view of the caller depends on more than the result");
      }
    }
  }

  /** For each secret the result is independent of all that the dealer knows. */
  public static <S> void roundsBlindly(Program<S> program, List<S> secrets) {
    for (S secret : secrets) {
      Map<Long, Map<Long, Long>> dealt =
          new Enumeration<>(program, UnaryOperator.identity()).all(secret, (s, v) -> true).dealt;
      Map<Long, Long> any = dealt.values().iterator().next();
      if (!dealt.values().stream().allMatch(any::equals)) {
        throw new AssertionError("the rounding depends on what DEALER knows");
      }
    }
  }

  private Seen all(S secret, BiPredicate<S, Long> right) {
    once(secret);
    int runs = Math.toIntExact(tape.numbers());
    Map<Role, long[]> prints = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      prints.put(role, new long[runs]);
    }
    long[] caller = new long[runs];
    Map<Long, Map<Long, Long>> dealt = new HashMap<>();
    for (int n = 0; n < runs; n++) {
      tape.turnTo(n);
      Share[] parts = once(secret);
      long value = value(parts);
      if (!right.test(secret, value)) {
        throw new AssertionError("wrong result " + value + " for " + secret);
      }
      for (Role role : Role.values()) {
        of(prints, role)[n] = view(role).print();
      }
      dealt
          .computeIfAbsent(view(Role.DEALER).print(), k -> new HashMap<>())
          .merge(value, 1L, Long::sum);
      Tape.View both = new Tape.View();
      both.clear();
      for (Share part : parts) {
        for (long w : part.words()) {
          both.see(w);
        }
      }
      caller[n] = both.print();
    }
    prints.values().forEach(Arrays::sort);
    Arrays.sort(caller);
    return new Seen(prints, caller, dealt);
  }

  private static long value(Share[] parts) {
    long value = 0;
    for (int i = parts[0].size() - 1; i >= 0; i--) {
      long w = (parts[0].words()[i] + parts[1].words()[i]) & Words.mask(parts[0].ring());
      value = value << parts[0].ring() | w;
    }
    return value;
  }

  private Share[] once(S secret) {
    dealings.clear();
    sent.values().forEach(List::clear);
    Share[] parts = new Share[2];
    if (attempt(Role.DEALER, secret) == null) {
      throw new AssertionError("the dealer waits for a message");
    }
    for (int turn = 0; parts[0] == null || parts[1] == null; turn++) {
      int b = turn & 1;
      if (parts[b] == null) {
        parts[b] = attempt(b == 0 ? Role.EVALUATOR_0 : Role.EVALUATOR_1, secret);
      }
      if (turn > 100) {
        throw new AssertionError("the evaluators wait for each other");
      }
    }
    return parts;
  }

  private @Nullable Share attempt(Role role, S secret) {
    view(role).clear();
    taken = 0;
    Session s = of(sessions, role);
    if (s.role().evaluates()) {
      of(turns, role).restart();
    }
    s.begin(serial++);
    try {
      return program.run(of(seats, role), secret);
    } catch (NotYet e) {
      return null;
    }
  }

  private static <V> V of(Map<Role, V> byRole, Role role) {
    return Objects.requireNonNull(byRole.get(role));
  }

  private Tape.View view(Role role) {
    return of(views, role);
  }

  private Dealings links(Role role) {
    return switch (role) {
      case DEALER ->
          new Dealings.Out() {
            @Override
            public void put(byte[] bytes, int from, int length) {
              dealings.add(Arrays.copyOfRange(bytes, from, from + length));
            }

            @Override
            public void flush() {}
          };
      case EVALUATOR_0 -> new Dealings.None();
      case EVALUATOR_1 ->
          (Dealings.In)
              (bytes, from, length) -> {
                byte[] m = dealings.get(taken++);
                System.arraycopy(m, 0, bytes, from, length);
                view(Role.EVALUATOR_1).see(m, length);
              };
    };
  }

  /** Thrown where a seat has to wait. */
  private static final class NotYet extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotYet() {
      super("not yet", null, false, false);
    }
  }

  private final Map<Role, Turns> turns = new EnumMap<>(Role.class);

  private final class Turns implements Channel {
    private final Role mine;
    private int sends;
    private int receives;

    Turns(Role mine) {
      this.mine = mine;
      turns.put(mine, this);
    }

    void restart() {
      sends = 0;
      receives = 0;
    }

    @Override
    public void send(byte[] bytes, int length) {
      List<byte[]> out = of(sent, mine);
      if (sends++ == out.size()) {
        out.add(Arrays.copyOf(bytes, length));
      }
    }

    @Override
    public void receive(byte[] bytes, int length) {
      List<byte[]> in = of(sent, mine == Role.EVALUATOR_0 ? Role.EVALUATOR_1 : Role.EVALUATOR_0);
      if (receives == in.size()) {
        throw new NotYet();
      }
      byte[] m = in.get(receives++);
      System.arraycopy(m, 0, bytes, 0, length);
      view(mine).see(m, length);
    }
  }

  /** The place and the enumerated inputs of one seat. */
  public static final class Seat {
    private final Scope at;
    private final Tape tape;
    private final Tape.View view;
    private final Map<Long, WideMatrix> matrices = new HashMap<>();
    private final Map<Long, NarrowMatrix> narrow = new HashMap<>();
    private final Map<Long, TableMatrix> tables = new HashMap<>();

    /** Makes a matrix of its pads. */
    private interface OfPads<M> {
      M of(long p0, long p1);
    }

    Seat(Scope at, Tape tape, Tape.View view) {
      this.at = at;
      this.tape = tape;
      this.view = view;
    }

    /** The place to run at. */
    public Scope at() {
      return at;
    }

    /** A secret input: each evaluator sees its own share of it, the dealer nothing. */
    public Share input(String name, long secret, int ring) {
      if (at.deals()) {
        return Share.shape(1, ring, 0);
      }
      long r = tape.word(3, name.hashCode(), 0, 1, ring);
      return given(at.first() ? r : (secret - r) & Words.mask(ring), ring);
    }

    /** Secret bits, XOR-shared: each evaluator sees its own, the dealer none. */
    public long[] bits(String name, long secret, int count) {
      long[] out = new long[at.deals() ? 0 : count];
      for (int i = 0; i < out.length; i++) {
        long r = tape.word(3, name.hashCode(), i, count, 1);
        out[i] = at.first() ? r : r ^ ((secret >>> i) & 1);
        view.see(out[i]);
      }
      return out;
    }

    /** A share that this evaluator is given as it is. */
    public Share given(long share, int ring) {
      if (at.deals()) {
        return Share.shape(1, ring, 0);
      }
      view.see(share);
      return new Share(new long[] {share & Words.mask(ring)}, ring, 0);
    }

    /** A word of a test's own, seen by nobody unless it is put to use. */
    long word(int kind, String name, int bits) {
      return tape.word(kind, name.hashCode(), 0, 1, bits);
    }

    /**
     * This role's part of a secret matrix of one word: pads of Z_2^ring are enumerated, by seeds
     * whose streams begin with them.
     */
    public WideMatrix matrix(long weight, int ring) {
      return drawn(
          weight, ring, matrices, (p0, p1) -> OneWord.matrix(at.role(), weight, p0, p1, ring));
    }

    /** The same in words of 32 bits. */
    public NarrowMatrix narrowMatrix(long weight, int ring) {
      return drawn(
          weight, ring, narrow, (p0, p1) -> OneWord.narrow(at.role(), weight, p0, p1, ring));
    }

    /** The same as a table's. */
    public TableMatrix tableMatrix(long weight, int ring) {
      return drawn(
          weight, ring, tables, (p0, p1) -> OneWord.table(at.role(), weight, p0, p1, ring));
    }

    private <M> M drawn(long weight, int ring, Map<Long, M> drawn, OfPads<M> make) {
      long p0 = word(4, "p0", ring);
      long p1 = word(5, "p1", ring);
      long keep = Words.mask(ring);
      Role role = at.role();
      if (role != Role.EVALUATOR_1) {
        view.see(p0);
      }
      if (role != Role.EVALUATOR_0) {
        view.see(p1);
      }
      if (role.evaluates()) {
        view.see((weight + (role == Role.EVALUATOR_1 ? p0 : 0) + p1) & keep);
      }
      long key = (weight & keep) << (2 * ring) | p0 << ring | p1;
      return drawn.computeIfAbsent(key, k -> make.of(p0, p1));
    }
  }
}
