package dev.sotto.mpc;

import dev.sotto.ring.Kernels;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A named place of the program at one role's seat: what a protocol runs at. Its path names streams
 * (so that each place draws from its own) and itemises cost. In one step a place draws at most once
 * from each pair's stream; a second draw is a defect and throws.
 */
public final class Scope {
  private static final int NEAR = 12;

  /** Numbers of paths: a program has some thousand, and every job and batch the same. */
  private static final Map<String, Long> DOMAINS = new ConcurrentHashMap<>();

  private final Session session;
  private final String path;
  private final long domain;
  private final Map<String, Scope> inner = new HashMap<>();
  private final String[] names = new String[NEAR];
  private final Scope[] near = new Scope[NEAR];
  private final int[] drawnAt = {-1, -1, -1};
  private final List<Scope> rows;
  private @Nullable Scope outer;
  private int @Nullable [] weights;

  Scope(Session session, String path) {
    this.session = session;
    this.path = path;
    this.domain = domainOf(path);
    this.rows = session.members().stream().map(member -> member.at(path)).toList();
  }

  /** The place {@code name} inside this one. */
  @SuppressWarnings({"StringEquality", "ReferenceEquality"})
  public Scope in(String name) {
    // Most names are literals, the same object each time; any other is found by its letters.
    for (int i = 0; i < NEAR && names[i] != null; i++) {
      if (names[i] == name) {
        return near[i];
      }
    }
    Scope s = inner.get(name);
    if (s == null) {
      s = session.at(path.isEmpty() ? name : path + "/" + name);
      if (s.outer == null) {
        s.outer = this;
      }
      if (inner.size() < NEAR) {
        names[inner.size()] = name;
        near[inner.size()] = s;
      }
      inner.put(name, s);
    }
    return s;
  }

  public String path() {
    return path;
  }

  public Role role() {
    return session.role();
  }

  /** True at the dealer. */
  public boolean deals() {
    return session.role() == Role.DEALER;
  }

  /** True at evaluator-0, which adds what is public. */
  public boolean first() {
    return session.role() == Role.EVALUATOR_0;
  }

  public Kernels kernels() {
    return session.kernels();
  }

  public Session session() {
    return session;
  }

  /**
   * What is drawn and dealt here and at places inside is split among the rows of several sessions
   * in these proportions, from now on; without, in equal parts. Means nothing to a session of one
   * job.
   */
  public Scope weighted(int[] ofRows) {
    weights = ofRows;
    return this;
  }

  int @Nullable [] weights() {
    for (Scope s = this; s != null; s = s.outer) {
      if (s.weights != null) {
        return s.weights;
      }
    }
    return null;
  }

  /** What the dealer put at this place: evaluator-1's. */
  public void take(long[] words, int bits) {
    session.take(words, words.length, bits, weights());
  }

  long domain() {
    return domain;
  }

  /**
   * Uniform words that exactly the two roles of {@code pair} know, reduced to {@code ring} bits.
   */
  public long[] stream(Pair pair, int count, int ring) {
    if (rows.isEmpty()) {
      drawOnce(pair);
    } else {
      for (Scope row : rows) {
        row.drawOnce(pair);
      }
    }
    long[] out = new long[count];
    session.draw(pair, domain, ring, out, weights());
    return out;
  }

  private void drawOnce(Pair pair) {
    int step = session.serial();
    if (step < 0) {
      throw new IllegalStateException("no step has begun: " + path + " has nothing to draw");
    }
    if (drawnAt[pair.index()] >= step) {
      throw new IllegalStateException("step " + step + " draws twice at " + path);
    }
    drawnAt[pair.index()] = step;
  }

  /**
   * The number of the streams of a place, for a thread beside the session's that draws at places of
   * its own.
   */
  public static long domainOf(String path) {
    return DOMAINS.computeIfAbsent(path, Scope::hash);
  }

  /** An evaluator's summand λ_b of a fresh mask: its stream with the dealer. Nothing is sent. */
  long[] mask(int count, int ring) {
    return stream(first() ? Pair.DEALER_EVALUATOR_0 : Pair.DEALER_EVALUATOR_1, count, ring);
  }

  /**
   * A secret of the dealer, shared additively in 2^ring: evaluator-0's share is a stream,
   * evaluator-1's is sent ahead of time. Claim: {@link Claim#dealing}. Hides the secret from
   * evaluator-0 because it receives nothing, and from evaluator-1 by the stream that it does not
   * know.
   *
   * @return the evaluator's share; empty at the dealer
   */
  public long[] deal(int count, int ring, Supplier<long[]> secret) {
    return switch (session.role()) {
      case DEALER -> {
        long[] s = secret.get();
        if (s.length != count) {
          throw new IllegalArgumentException(path + ": dealt " + s.length + " words of " + count);
        }
        long[] r = stream(Pair.DEALER_EVALUATOR_0, count, ring);
        for (int i = 0; i < count; i++) {
          r[i] = s[i] - r[i];
        }
        session.put(r, count, ring);
        yield new long[0];
      }
      case EVALUATOR_0 -> stream(Pair.DEALER_EVALUATOR_0, count, ring);
      case EVALUATOR_1 -> {
        long[] c = new long[count];
        take(c, ring);
        yield c;
      }
    };
  }

  /**
   * Secret words of the dealer, XOR-shared: {@link #deal} over bits, {@code width} of them a word.
   *
   * @return the evaluator's share; empty at the dealer
   */
  public long[] dealBits(int count, int width, Supplier<long[]> secret) {
    return switch (session.role()) {
      case DEALER -> {
        long[] s = secret.get();
        if (s.length != count) {
          throw new IllegalArgumentException(path + ": dealt " + s.length + " words of " + count);
        }
        long[] r = stream(Pair.DEALER_EVALUATOR_0, count, width);
        for (int i = 0; i < count; i++) {
          r[i] ^= s[i];
        }
        session.put(r, count, width);
        yield new long[0];
      }
      case EVALUATOR_0 -> stream(Pair.DEALER_EVALUATOR_0, count, width);
      case EVALUATOR_1 -> {
        long[] c = new long[count];
        take(c, width);
        yield c;
      }
    };
  }

  /** A round of openings at this place. */
  public Opening opening() {
    return new Opening(this);
  }

  /** Opens one share in a round of its own. */
  public Wire open(Share x) {
    Opening o = opening();
    Wire w = o.words("", x);
    o.run();
    return w;
  }

  private static long hash(String path) {
    try {
      byte[] d = MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(d).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return path;
  }
}
