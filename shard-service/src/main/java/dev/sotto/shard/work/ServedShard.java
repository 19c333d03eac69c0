package dev.sotto.shard.work;

import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardProgress;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.nn.ModelConfig;
import dev.sotto.node.AddressBook;
import dev.sotto.node.JobOutlet;
import dev.sotto.node.Node;
import dev.sotto.node.NodeSettings;
import dev.sotto.node.job.SealedJobs;
import dev.sotto.ring.KernelChoice;
import dev.sotto.ring.Kernels;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open shard, a listening node around it, and its jobs. Closing it ends them all. */
public final class ServedShard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServedShard.class);

  private final Node node;
  private final SealedJobs jobs;
  private final int vocab;
  private final int context;

  private ServedShard(Node node, SealedJobs jobs, int vocab, int context) {
    this.node = node;
    this.jobs = jobs;
    this.vocab = vocab;
    this.context = context;
  }

  /**
   * Opens, reads the whole shard and compares its checksums, listens and joins. Errors name what
   * does not fit, a {@link dev.sotto.models.shard.ShardException} what is lost or damaged.
   *
   * @param kernels as {@link KernelChoice#of} takes them
   * @param addresses where peers are
   */
  public static ServedShard open(
      Place place,
      Path shardFile,
      Path stateFolder,
      InetSocketAddress address,
      String kernels,
      NodeSettings settings,
      AddressBook addresses,
      JobOutlet outlet)
      throws IOException {
    Kernels arithmetic = KernelChoice.of(kernels).kernels();
    LOG.info("kernels: {}", arithmetic.name());
    Shard shard = Shard.open(shardFile, ShardRole.of(place.role().label()));
    ModelConfig config = shard.header().config();
    if (shard.header().stage().index() != place.stage()) {
      shard.close();
      throw new IllegalArgumentException(
          "the shard " + shardFile + " is of another stage than " + place.stage());
    }
    try {
      shard.verify(ShardProgress.NONE); // a damaged word would be a wrong answer, and nobody's lie
    } catch (RuntimeException e) {
      shard.close();
      throw e;
    }
    Node node;
    try {
      node =
          Node.listen(
              place.keys().identity(),
              shard,
              arithmetic,
              settings,
              address,
              place.peers(),
              Set.of());
    } catch (IOException | RuntimeException e) {
      shard.close();
      throw e;
    }
    try {
      SealedJobs jobs =
          node.join(
              place.signed(),
              place.roots(),
              place.keys().sealKeys(),
              addresses,
              stateFolder,
              outlet);
      return new ServedShard(node, jobs, config.vocab(), Node.plan(config).context());
    } catch (IOException | RuntimeException e) {
      node.close();
      throw e;
    }
  }

  /** Where peers reach it. */
  public InetSocketAddress address() {
    return node.address();
  }

  /** Its jobs. */
  public SealedJobs jobs() {
    return jobs;
  }

  /** Tokens of the model's vocabulary. */
  public int vocab() {
    return vocab;
  }

  /** The longest prompt and answer together, in tokens. */
  public int context() {
    return context;
  }

  @Override
  public void close() throws IOException {
    node.close();
  }
}
