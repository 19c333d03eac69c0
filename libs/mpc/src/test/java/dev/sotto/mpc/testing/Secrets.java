package dev.sotto.mpc.testing;

import dev.sotto.mpc.NarrowMatrix;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.SecretTable;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.TableMatrix;
import dev.sotto.mpc.WideMatrix;
import dev.sotto.mpc.Wire;
import dev.sotto.ring.Kernels;
import dev.sotto.ring.Prg;
import dev.sotto.ring.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Inputs and weights of one of two runs that look the same to one role: what it holds is equal,
 * what the others hold is not. Values are whatever comes out, far out of range on purpose.
 */
public final class Secrets {
  private final Role observed;
  private final int run;
  private final Map<String, WideMatrix> matrices = new ConcurrentHashMap<>();
  private final Map<String, NarrowMatrix> narrow = new ConcurrentHashMap<>();
  private final Map<String, TableMatrix> tableMatrices = new ConcurrentHashMap<>();
  private final Map<String, SecretTable> tables = new ConcurrentHashMap<>();

  Secrets(Role observed, boolean second) {
    this.observed = observed;
    this.run = second ? 1 : 0;
  }

  /** Secrets of one run that is compared with no other. */
  public static Secrets any() {
    return new Secrets(Role.DEALER, false);
  }

  /** A seed that differs between the runs unless the observed role may know it. */
  private long seed(String name, boolean known) {
    return name.hashCode() * 1000003L + (known ? 0 : run);
  }

  /** An input, shared. */
  public Share share(Scope at, String name, int count, int ring, int fraction) {
    if (at.deals()) {
      return Share.shape(count, ring, fraction);
    }
    Random random = new Random(seed(name + at.role(), at.role() == observed));
    long[] words = random.longs(count).toArray();
    Words.reduce(words, ring);
    return new Share(words, ring, fraction);
  }

  /** XOR-shared words. */
  public long[] bits(Scope at, String name, int count, int width) {
    return share(at, name, count, width, 0).words();
  }

  /** A role's part of a secret matrix; W differs between the runs. */
  public WideMatrix matrix(Scope at, String name, int inner, int cols) {
    return matrices.computeIfAbsent(name + at.role(), k -> matrix(at.role(), name, inner, cols));
  }

  private WideMatrix matrix(Role role, String name, int inner, int cols) {
    byte[] seed0 = new byte[16];
    byte[] seed1 = new byte[16];
    new Random(seed(name + 0, observed != Role.EVALUATOR_1)).nextBytes(seed0);
    new Random(seed(name + 1, observed != Role.EVALUATOR_0)).nextBytes(seed1);
    long id = name.hashCode();
    int panels = (cols + Kernels.PANEL - 1) / Kernels.PANEL;
    int n = inner * Kernels.PANEL;
    // what is the same in both runs: m_W for evaluator-1, m_W − P0 for evaluator-0
    Random random = new Random(seed(name, observed != Role.DEALER));
    long[] words = random.longs((long) panels * n).toArray();
    boolean minus = observed != Role.EVALUATOR_0 && role == Role.EVALUATOR_0;
    boolean plus = observed == Role.EVALUATOR_0 && role == Role.EVALUATOR_1;
    long[] tile = new long[n];
    for (int p = 0; p < panels; p++) {
      new Prg(seed0).words(id, p, 0, tile, 0, n);
      for (int i = 0; i < n; i++) {
        words[p * n + i] += minus ? -tile[i] : plus ? tile[i] : 0;
      }
    }
    MemorySegment stored =
        role.evaluates() ? Arena.ofAuto().allocateFrom(ValueLayout.JAVA_LONG, words) : null;
    return new WideMatrix(
        name,
        id,
        inner,
        cols,
        role,
        stored,
        role == Role.EVALUATOR_1 ? null : seed0,
        role == Role.EVALUATOR_0 ? null : seed1);
  }

  /** The same in words of 32 bits. */
  public NarrowMatrix narrowMatrix(Scope at, String name, int inner, int cols) {
    return narrow.computeIfAbsent(
        name + at.role(), k -> narrowMatrix(at.role(), name, inner, cols));
  }

  private NarrowMatrix narrowMatrix(Role role, String name, int inner, int cols) {
    int panels = Math.ceilDiv(cols, Kernels.NARROW_PANEL);
    Part p = part(role, name, panels, inner * Kernels.NARROW_PANEL);
    return new NarrowMatrix(name, p.id, inner, cols, role, p.stored, p.seed0, p.seed1);
  }

  /** A table as the matrix that its rows are the columns of: [width, entries]. */
  public TableMatrix tableMatrix(Scope at, String name, int entries, int width) {
    return tableMatrices.computeIfAbsent(
        name + at.role(), k -> tableMatrix(at.role(), name, entries, width));
  }

  private TableMatrix tableMatrix(Role role, String name, int entries, int width) {
    Part p = part(role, name, Math.ceilDiv(entries, Kernels.GROUP), Kernels.GROUP * width);
    return new TableMatrix(name, p.id, entries, width, role, p.stored, p.seed0, p.seed1);
  }

  /** A role's part of a secret table; what it holds differs between the runs as a matrix's does. */
  public SecretTable table(Scope at, String name, int entries, int width) {
    return tables.computeIfAbsent(name + at.role(), k -> table(at.role(), name, entries, width));
  }

  private SecretTable table(Role role, String name, int entries, int width) {
    Part p = part(role, name, Math.ceilDiv(entries, Kernels.GROUP), Kernels.GROUP * width);
    return new SecretTable(name, p.id, entries, width, role, p.stored, p.seed0, p.seed1);
  }

  /** What a role holds of words of 32 bits. */
  private record Part(
      long id, @Nullable MemorySegment stored, byte @Nullable [] seed0, byte @Nullable [] seed1) {}

  /** Of {@code units} panels or groups of {@code n} words. */
  private Part part(Role role, String name, int units, int n) {
    byte[] seed0 = new byte[16];
    byte[] seed1 = new byte[16];
    new Random(seed(name + 0, observed != Role.EVALUATOR_1)).nextBytes(seed0);
    new Random(seed(name + 1, observed != Role.EVALUATOR_0)).nextBytes(seed1);
    long id = name.hashCode();
    // what is the same in both runs: m for evaluator-1, m − P0 for evaluator-0
    Random random = new Random(seed(name, observed != Role.DEALER));
    int[] words = random.ints((long) units * n).toArray();
    boolean minus = observed != Role.EVALUATOR_0 && role == Role.EVALUATOR_0;
    boolean plus = observed == Role.EVALUATOR_0 && role == Role.EVALUATOR_1;
    for (int u = 0; u < units; u++) {
      int[] pad = KnownTable.pad(seed0, id, u, n);
      for (int i = 0; i < n; i++) {
        words[u * n + i] += minus ? -pad[i] : plus ? pad[i] : 0;
      }
    }
    return new Part(
        id,
        role.evaluates() ? Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, words) : null,
        role == Role.EVALUATOR_1 ? null : seed0,
        role == Role.EVALUATOR_0 ? null : seed1);
  }

  /**
   * A role's bits of a vector of a pair whose two differ at a secret position alone, as an ideal
   * point function gives them: uniform at either party, and what {@code observed} has is the same
   * in both runs.
   *
   * @param first party 0; all others that ask are party 1
   * @param pair its name; several pairs may share one token
   */
  public long[] pointBits(Role mine, Role first, String pair, String token, int words) {
    boolean known = observed == first || observed == Role.DEALER || observed == Role.EVALUATOR_1;
    long[] bits = new Random(seed(pair, known)).longs(words).toArray();
    boolean hot = (known && observed != first) == (mine == first);
    int at = position(token, words);
    bits[at / 64] ^= hot ? 1L << at : 0;
    return bits;
  }

  private int position(String token, int words) {
    return new Random(seed(token, false)).nextInt(64 * words);
  }

  /** A role's part of the bit that says whether party 1 has the one: under a mask, or the mask. */
  public byte pointSign(Role mine, Role first, String pair, String token, int words) {
    Role second = first == Role.DEALER ? Role.EVALUATOR_0 : Role.DEALER;
    int at = position(token, words);
    long bit = (pointBits(second, first, pair, token, words)[at / 64] >>> at) & 1;
    long given = new Random(seed(pair + "/sign", true)).nextInt(2);
    boolean deals = mine == Role.DEALER;
    return (byte) (deals == (observed == Role.DEALER) ? given : given ^ bit);
  }

  private final Map<String, Object> kept = new ConcurrentHashMap<>();

  /** What a role keeps from step to step. */
  @SuppressWarnings("unchecked")
  public <T> T keep(Scope at, String name, java.util.function.Supplier<T> made) {
    return (T) kept.computeIfAbsent(name + at.role(), k -> made.get());
  }

  /** A fingerprint of a result, to tell two apart. */
  static long print(Object result) {
    return switch (result) {
      case Share s -> Arrays.hashCode(s.words());
      case Wire w -> print(w.share());
      case long[] l -> Arrays.hashCode(l);
      default -> Objects.hashCode(result);
    };
  }
}
