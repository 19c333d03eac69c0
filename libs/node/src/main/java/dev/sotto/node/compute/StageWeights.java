package dev.sotto.node.compute;

import dev.sotto.models.shard.MatrixShape;
import dev.sotto.models.shard.ModelMatrices;
import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.mpc.NarrowMatrix;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.SecretMatrix;
import dev.sotto.mpc.SecretTable;
import dev.sotto.mpc.TableMatrix;
import dev.sotto.mpc.WideMatrix;
import dev.sotto.mpc.function.RowPicks;
import dev.sotto.mpc.function.TokenLookUp;
import dev.sotto.ring.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One role's matrices of one stage, as its shard holds them: mapped words and seeds, never weights.
 * Not thread-safe.
 */
public final class StageWeights {
  private final Map<String, SecretMatrix> matrices = new HashMap<>();
  private final Map<String, SecretTable> tables = new HashMap<>();
  private final ShardHeader header;
  private final @Nullable JointPicks picks;

  /** The matrices of an open shard; they live as long as it does. */
  public StageWeights(Shard shard) {
    this(shard, null);
  }

  /** The same, where tokens are looked up together with other jobs'. */
  public StageWeights(Shard shard, @Nullable JointPicks picks) {
    this.picks = picks;
    this.header = shard.header();
    Role role = role(shard.header().role());
    byte[] w0 = shard.header().role().holdsSeed(0) ? shard.copySecretSeed(0) : null;
    byte[] w1 = shard.header().role().holdsSeed(1) ? shard.copySecretSeed(1) : null;
    for (MatrixShape shape : shard.header().shapes()) {
      String name = shape.name();
      MemorySegment words = role.evaluates() ? shard.words(name) : null;
      int inner = shape.inner();
      int cols = shape.cols();
      switch (shape.form()) {
        case PANELS ->
            matrices.put(name, new WideMatrix(name, shape.id(), inner, cols, role, words, w0, w1));
        case NARROW_PANELS ->
            matrices.put(
                name, new NarrowMatrix(name, shape.id(), inner, cols, role, words, w0, w1));
        case COLUMNS -> {
          if (name.equals(ModelMatrices.EMBED)) {
            tables.put(name, new SecretTable(name, shape.id(), cols, inner, role, words, w0, w1));
          }
          if (name.equals(ModelMatrices.HEAD) || sharesEmbedding(shard.header())) {
            matrices.put(
                ModelMatrices.HEAD,
                new TableMatrix(name, shape.id(), cols, inner, role, words, w0, w1));
          }
        }
      }
    }
  }

  private static boolean sharesEmbedding(ShardHeader header) {
    return ModelMatrices.sharesEmbedding(header.config(), header.precision(), header.stage());
  }

  /** The protocol's role of a shard's. */
  public static Role role(ShardRole role) {
    return switch (role) {
      case DEALER -> Role.DEALER;
      case EVALUATOR_0 -> Role.EVALUATOR_0;
      case EVALUATOR_1 -> Role.EVALUATOR_1;
    };
  }

  /** What the shard says of itself. */
  ShardHeader header() {
    return header;
  }

  /** A matrix of this stage. */
  public SecretMatrix matrix(String name) {
    SecretMatrix m = matrices.get(name);
    if (m == null) {
      throw new IllegalArgumentException("this stage has no matrix " + name);
    }
    return m;
  }

  /** The matrix of one row that a vector's values are multiplied by. */
  public WideMatrix diagonal(String name) {
    if (matrix(name) instanceof WideMatrix wide) {
      return wide;
    }
    throw new IllegalArgumentException(name + " is no diagonal");
  }

  /** How tokens are looked up in a table of this stage: alone, or together with other jobs'. */
  TokenLookUp.Picks picks(String name, Kernels kernels) {
    return picks == null ? new RowPicks(table(name), kernels)::pick : picks::pick;
  }

  /** What all jobs of a node look tokens up with; null where the stage looks none up. */
  public static @Nullable JointPicks joint(Shard shard, Kernels kernels) {
    StageWeights own = new StageWeights(shard);
    return own.tables.containsKey(ModelMatrices.EMBED)
        ? new JointPicks(new RowPicks(own.table(ModelMatrices.EMBED), kernels))
        : null;
  }

  /** A table of this stage. */
  private SecretTable table(String name) {
    SecretTable t = tables.get(name);
    if (t == null) {
      throw new IllegalArgumentException("this stage has no table " + name);
    }
    return t;
  }

  /** Whether this stage has such a matrix. */
  public boolean has(String name) {
    return matrices.containsKey(name);
  }
}
