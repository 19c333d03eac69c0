package dev.sotto.mpc.testing;

import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Streams;
import dev.sotto.ring.VectorKernels;
import dev.sotto.ring.Words;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * The exact view test, at any size. Run A has one set of secrets. Run B has others, and the streams
 * of the pair that the observed role does not belong to are solved for, message by message, so that
 * the role receives the same words. If that can be done, every word that it receives has a pad of
 * its own (a triangular bijection of the unknown streams), and its view is distributed alike for
 * both sets of secrets. It knows nothing of the protocols but which draw pads which message.
 */
public final class ExactView {
  private static final int MOST_PASSES = 400;
  private static final long SEED = 11;

  /** A program of one or more steps. */
  public interface Job {
    /** Number of steps. */
    int steps();

    /** This role's part of a step; its secrets come from {@code secrets}. */
    Object step(Scope at, int step, Secrets secrets);
  }

  /** How a pad may enter a message. */
  private enum Entry {
    ADDED,
    SUBTRACTED,
    XORED,
    SUBTRACTED_BY_BYTES;

    /** The pad that turns {@code got}, padded by {@code pad}, into {@code want}. */
    long solve(long pad, long got, long want, int ring) {
      return switch (this) {
        case ADDED -> (pad + want - got) & Words.mask(ring);
        case SUBTRACTED -> (pad + got - want) & Words.mask(ring);
        case XORED -> pad ^ got ^ want;
        case SUBTRACTED_BY_BYTES -> {
          long out = 0;
          for (int s = 0; s < 64; s += 8) {
            out |= (((pad >>> s) + (got >>> s) - (want >>> s)) & 0xff) << s;
          }
          yield out;
        }
      };
    }

    /** All that a pad of such a message may do, the likeliest first. */
    static List<Entry> of(Trace.Message m) {
      if (m.dealt()) {
        return m.ring() == 64
            ? List.of(XORED, SUBTRACTED, SUBTRACTED_BY_BYTES)
            : List.of(SUBTRACTED, XORED, ADDED);
      }
      return m.ring() <= 4 || m.ring() == 64 ? List.of(XORED, ADDED) : List.of(ADDED, XORED);
    }
  }

  private final Job job;
  private final Role observed;
  private final Pair unknown;
  private final UnaryOperator<Streams> defect;
  private final Map<Trace.Place, long[]> solved = new ConcurrentHashMap<>();

  /** How pads enter, by place: learned once, for all steps. */
  private final Map<Long, Integer> entries = new HashMap<>();

  private ExactView(Job job, Role observed, UnaryOperator<Streams> defect) {
    this.job = job;
    this.observed = observed;
    this.defect = defect;
    this.unknown =
        Arrays.stream(Pair.values()).filter(p -> !p.has(observed)).findFirst().orElseThrow();
  }

  /** What was compared. */
  public record Result(int messages, long words, int passes) {}

  /** Checks one role's view; throws an AssertionError if it depends on the secrets. */
  public static Result check(Job job, Role observed) {
    return check(job, observed, UnaryOperator.identity());
  }

  /** The same with broken streams. */
  public static Result check(Job job, Role observed, UnaryOperator<Streams> defect) {
    return new ExactView(job, observed, defect).check();
  }

  private Result check() {
    Run a = run(false);
    if (observed == Role.DEALER) {
      Run b = run(true);
      same(a, b, Role.DEALER);
      return new Result(a.trace.sent(Role.DEALER).size(), 0, 1);
    }
    List<Trace.Message> want = a.trace.received(observed);
    int before = -1;
    for (int pass = 1; pass <= MOST_PASSES; pass++) {
      Run b = run(true);
      List<Trace.Message> got = b.trace.received(observed);
      int first = correct(want, got, before);
      if (first < 0) {
        same(a, b, observed);
        differ(a, b);
        long words = want.stream().mapToLong(m -> m.words().length).sum();
        Role holder = observed == Role.EVALUATOR_1 ? Role.EVALUATOR_0 : Role.EVALUATOR_1;
        Map<Trace.Place, Integer> drawn = b.trace.draws(unknown, holder);
        Map<Trace.Place, Integer> dealers = b.trace.draws(unknown, Role.DEALER);
        // A mask that only passes through the holder of the pair's other end is the dealer's alone.
        if (words != dealers.values().stream().mapToLong(n -> n).sum()
            || !dealers.entrySet().containsAll(drawn.entrySet())) {
          throw new AssertionError("pads and words received differ in number");
        }
        return new Result(want.size(), words, pass);
      }
      before = first;
    }
    throw new AssertionError("no solution in " + MOST_PASSES + " passes");
  }

  /**
   * Moves the pad of every message that differs; the first one that differs twice in a row, with
   * all before it right, takes its pad in another way. Returns the first one, or −1.
   */
  private int correct(List<Trace.Message> want, List<Trace.Message> got, int before) {
    if (want.size() != got.size()) {
      throw new AssertionError("another number of messages with other secrets");
    }
    int first = -1;
    for (int i = 0; i < want.size(); i++) {
      Trace.Message w = want.get(i);
      Trace.Message g = got.get(i);
      if (!w.pad().equals(g.pad()) || w.ring() != g.ring()) {
        throw new AssertionError("another shape with other secrets");
      }
      if (Arrays.equals(w.words(), g.words())) {
        continue;
      }
      List<Entry> ways = Entry.of(w);
      int way = entries.getOrDefault(w.pad().domain(), 0);
      if (first < 0) {
        first = i;
        if (before == i && ++way == ways.size()) {
          throw new AssertionError("a message is not covered by a pad of its own");
        }
        entries.put(w.pad().domain(), way);
      }
      Entry entry = ways.get(way);
      long[] pad = solved.getOrDefault(w.pad(), fresh(w));
      long[] next = new long[pad.length];
      for (int j = 0; j < pad.length; j++) {
        next[j] = entry.solve(pad[j], g.words()[j], w.words()[j], w.ring());
      }
      solved.put(w.pad(), next);
    }
    return first;
  }

  private long[] fresh(Trace.Message m) {
    long[] pad = new long[m.words().length];
    base(observed == Role.EVALUATOR_1 ? Role.EVALUATOR_0 : Role.EVALUATOR_1, true)
        .words(unknown, m.pad().domain(), m.pad().serial(), m.padRing(), pad, 0, pad.length);
    return pad;
  }

  private static void same(Run a, Run b, Role role) {
    List<byte[]> x = a.trace.sent(role);
    List<byte[]> y = b.trace.sent(role);
    for (int i = 0; i < x.size(); i++) {
      if (x.size() != y.size() || !Arrays.equals(x.get(i), y.get(i))) {
        throw new AssertionError(role + " sends something else with other secrets");
      }
    }
  }

  private static void differ(Run a, Run b) {
    if (a.results.equals(b.results)) {
      throw new AssertionError("the secrets of both runs give the same results");
    }
  }

  private record Run(Trace trace, List<Object> results) {}

  private Run run(boolean second) {
    Trace trace = new Trace();
    Three three =
        new Three(
            role -> trace.streams(role, defect.apply(base(role, second))),
            new VectorKernels(),
            trace);
    Secrets secrets = new Secrets(observed, second);
    java.util.ArrayList<Object> results = new java.util.ArrayList<>();
    for (int i = 0; i < job.steps(); i++) {
      int step = i;
      Three.Parts<Object> parts = three.run(at -> job.step(at, step, secrets));
      results.add(Secrets.print(parts.first()) + 31 * Secrets.print(parts.second()));
    }
    return new Run(trace, results);
  }

  private Streams base(Role role, boolean second) {
    Streams known = Three.streams(role, SEED);
    Streams other = Three.streams(role, second ? SEED + 1 : SEED);
    return new Streams() {
      @Override
      public void words(
          Pair pair, long domain, int serial, int ring, long[] out, int from, int count) {
        if (pair != unknown) {
          known.words(pair, domain, serial, ring, out, from, count);
          return;
        }
        long[] pad = second ? solved.get(new Trace.Place(pair, domain, serial)) : null;
        if (pad != null) {
          System.arraycopy(pad, 0, out, from, count);
        } else {
          other.words(pair, domain, serial, ring, out, from, count);
        }
      }

      @Override
      public Streams reader() {
        return base(role, second);
      }
    };
  }
}
