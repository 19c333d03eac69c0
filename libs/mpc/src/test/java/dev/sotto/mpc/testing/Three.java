package dev.sotto.mpc.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.mpc.AesStreams;
import dev.sotto.mpc.Channel;
import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Dealings;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.Wire;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.ScalarKernels;
import dev.sotto.ring.Words;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs one program at three seats and puts their parts together again. */
public final class Three {
  private static final int WAIT_SECONDS = 60;

  private final Map<Role, Session> sessions = new EnumMap<>(Role.class);
  private int serial = -1;

  /** Three seats with streams from a seed. */
  public Three(long seed) {
    this(seed, new ScalarKernels());
  }

  /** Three seats with streams from a seed and given kernels. */
  public Three(long seed, Kernels kernels) {
    this(role -> streams(role, seed), kernels);
  }

  /** Three seats with given streams. */
  public Three(Function<Role, Streams> streams, Kernels kernels) {
    this(streams, kernels, (role, bytes) -> {});
  }

  /** Hears what a role sends: an evaluator to the other, the dealer to evaluator-1. */
  public interface Listener {
    /** Called on the role's own thread. */
    void sends(Role role, byte[] bytes);
  }

  /** Three seats with given streams, overheard. */
  public Three(Function<Role, Streams> streams, Kernels kernels, Listener listener) {
    BlockingQueue<byte[]> to0 = new ArrayBlockingQueue<>(64);
    BlockingQueue<byte[]> to1 = new ArrayBlockingQueue<>(64);
    Stock stock = new Stock(listener);
    sessions.put(
        Role.DEALER,
        new Session(Role.DEALER, streams.apply(Role.DEALER), kernels, null, stock.out()));
    sessions.put(
        Role.EVALUATOR_0,
        new Session(
            Role.EVALUATOR_0,
            streams.apply(Role.EVALUATOR_0),
            kernels,
            channel(to1, to0, b -> listener.sends(Role.EVALUATOR_0, b)),
            new Dealings.None()));
    sessions.put(
        Role.EVALUATOR_1,
        new Session(
            Role.EVALUATOR_1,
            streams.apply(Role.EVALUATOR_1),
            kernels,
            channel(to0, to1, b -> listener.sends(Role.EVALUATOR_1, b)),
            stock.in()));
  }

  /** A role's streams from a seed. */
  public static Streams streams(Role role, long seed) {
    Map<Pair, byte[]> keys = new EnumMap<>(Pair.class);
    for (Pair pair : Pair.values()) {
      byte[] key = new byte[16];
      new Random(seed * 31 + pair.name().hashCode()).nextBytes(key);
      if (pair.has(role)) {
        keys.put(pair, key);
      }
    }
    return new AesStreams(keys);
  }

  /** What each role holds. */
  public record Parts<R>(R dealer, R first, R second) {}

  /** One role's seat. */
  public Session session(Role role) {
    return Objects.requireNonNull(sessions.get(role));
  }

  /**
   * Starts the next step at all three seats and runs {@code program} there, each on its own thread.
   */
  public <R> Parts<R> run(Function<Scope, R> program) {
    serial++;
    try (var executor =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory())) {
      Map<Role, Future<R>> running = new EnumMap<>(Role.class);
      for (Role role : Role.values()) {
        running.put(
            role,
            executor.submit(
                () -> {
                  Session s = session(role);
                  s.begin(serial);
                  R r = program.apply(s.step("test", "test"));
                  s.end();
                  return r;
                }));
      }
      try {
        return new Parts<>(
            await(running.get(Role.DEALER)),
            await(running.get(Role.EVALUATOR_0)),
            await(running.get(Role.EVALUATOR_1)));
      } catch (ExecutionException e) {
        executor.shutdownNow();
        throw new AssertionError("a role failed", e.getCause());
      } catch (Exception e) {
        executor.shutdownNow();
        throw new AssertionError("a role hangs", e);
      }
    }
  }

  private static <R> R await(@Nullable Future<R> running) throws Exception {
    return Objects.requireNonNull(running).get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  /** A secret as an input: shares from a seed, at every seat's disposal. */
  public static Share input(Scope at, long[] secret, int ring, int fraction, long seed) {
    if (at.deals()) {
      return Share.shape(secret.length, ring, fraction);
    }
    Random random = new Random(seed);
    long[] words = new long[secret.length];
    for (int i = 0; i < words.length; i++) {
      long r = random.nextLong();
      words[i] = at.first() ? r : secret[i] - r;
    }
    Words.reduce(words, ring);
    return new Share(words, ring, fraction);
  }

  /** Fixed-point words of real numbers. */
  public static long[] fixed(double[] x, int fraction) {
    return Arrays.stream(x).mapToLong(v -> Math.round(Math.scalb(v, fraction))).toArray();
  }

  /** The values behind shares, as signed integers. */
  public static long[] words(Parts<Share> shares) {
    Share a = shares.first();
    Share b = shares.second();
    long[] out = new long[a.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = Words.signed(a.words()[i] + b.words()[i], a.ring());
    }
    return out;
  }

  /** The values behind a wire, as signed integers. */
  public static long[] opened(Parts<Wire> wires) {
    Wire e = wires.first();
    Wire d = wires.dealer();
    long[] out = new long[e.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = Words.signed(e.masked()[i] - d.mask()[i], e.ring());
    }
    return out;
  }

  /** Fixed-point words as real numbers. */
  public static double[] real(long[] words, int fraction) {
    return Arrays.stream(words).mapToDouble(w -> Math.scalb((double) w, -fraction)).toArray();
  }

  private static Channel channel(
      BlockingQueue<byte[]> out, BlockingQueue<byte[]> in, Consumer<byte[]> listener) {
    return new Channel() {
      @Override
      public void send(byte[] bytes, int length) {
        try {
          byte[] m = Arrays.copyOf(bytes, length);
          listener.accept(m);
          out.put(m);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public void receive(byte[] bytes, int length) {
        try {
          byte[] m = in.poll(WAIT_SECONDS, TimeUnit.SECONDS);
          if (m == null || m.length != length) {
            throw new IllegalStateException("expected a message of " + length + " bytes");
          }
          System.arraycopy(m, 0, bytes, 0, length);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }

  /** The dealer's stock in memory, unbounded: tests are small. */
  private static final class Stock {
    private final BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
    private final Listener listener;

    Stock(Listener listener) {
      this.listener = listener;
    }

    Dealings.Out out() {
      return new Dealings.Out() {
        @Override
        public void put(byte[] bytes, int from, int length) {
          byte[] m = Arrays.copyOfRange(bytes, from, from + length);
          listener.sends(Role.DEALER, m);
          queue.add(m);
        }

        @Override
        public void flush() {}
      };
    }

    Dealings.In in() {
      return (bytes, from, length) -> {
        try {
          byte[] m = queue.poll(WAIT_SECONDS, TimeUnit.SECONDS);
          if (m == null || m.length != length) {
            throw new IllegalStateException(
                "the dealer dealt something else than " + length + " bytes");
          }
          System.arraycopy(m, 0, bytes, from, length);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      };
    }
  }

  /** Every role's counts equal the claim and those before it, as far as the role can see. */
  public void assertCounted(Claim claim, Claim... before) {
    Claim all = claim;
    for (Claim c : before) {
      all = c.then(all);
    }
    assertCounted(all, role -> session(role).meter().total().claim());
  }

  /** The same for one part. */
  public void assertCounted(String part, Claim claim) {
    assertCounted(
        claim, role -> Objects.requireNonNull(session(role).meter().parts().get(part)).claim());
  }

  private static void assertCounted(Claim all, Function<Role, Claim> counted) {
    assertThat(counted.apply(Role.EVALUATOR_1)).isEqualTo(all);
    assertThat(counted.apply(Role.DEALER)).isEqualTo(new Claim(all.rounds(), all.dealt(), 0));
    assertThat(counted.apply(Role.EVALUATOR_0))
        .isEqualTo(new Claim(all.rounds(), 0, all.opened(), all.forwarded()));
  }
}
