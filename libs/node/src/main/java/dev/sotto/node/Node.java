package dev.sotto.node;

import dev.sotto.contracts.Lane;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.contracts.seal.SealKeyPair;
import dev.sotto.links.IdentityKey;
import dev.sotto.links.Link;
import dev.sotto.links.LinkListener;
import dev.sotto.links.LinkSettings;
import dev.sotto.links.NodeIdentity;
import dev.sotto.models.shard.Shard;
import dev.sotto.mpc.function.RingPlan;
import dev.sotto.nn.ModelConfig;
import dev.sotto.node.compute.StageWeights;
import dev.sotto.node.job.Batches;
import dev.sotto.node.job.JobServer;
import dev.sotto.node.job.SealedJobs;
import dev.sotto.node.peer.Peers;
import dev.sotto.ring.Kernels;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A node that listens: one port for peers and callers, told apart by their pinned identities. It
 * serves once it has joined a lane. Closing it ends every job.
 */
public final class Node implements AutoCloseable {
  private static final int HANDSHAKES = 64;
  private static final int KINDS = 16;
  private static final int LINKS = 512;

  private final NodeIdentity self;
  private final Shard shard;
  private final Kernels kernels;
  private final NodeSettings settings;
  private final Peers peers;
  private final CompletableFuture<JobServer> jobs = new CompletableFuture<>();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final Set<SealedJobs> closing = ConcurrentHashMap.newKeySet();
  private final LinkListener listener;
  private final @Nullable Batches batches;

  private Node(
      NodeIdentity self,
      Shard shard,
      Kernels kernels,
      NodeSettings settings,
      InetSocketAddress address,
      Set<IdentityKey> peerKeys,
      Set<IdentityKey> callerKeys)
      throws IOException {
    this.self = self;
    this.shard = shard;
    this.kernels = kernels;
    this.settings = settings;
    this.batches = Batches.of(shard, settings.peerPatience());
    this.peers = new Peers(self, linkSettings(), settings.peerPatience());
    Set<IdentityKey> all = new HashSet<>(peerKeys);
    all.addAll(callerKeys);
    this.listener =
        LinkListener.open(
            address, self, all, linkSettings(), HANDSHAKES, link -> serve(link, callerKeys));
  }

  /** Bounds of all links of nodes. */
  public static LinkSettings linkSettings() {
    return LinkSettings.ofKinds(KINDS);
  }

  /**
   * Listens.
   *
   * @param shard open; closed with the node
   * @param address port 0 takes a free one
   * @param peerKeys the other nodes of the lane
   * @param callerKeys who may open jobs
   */
  public static Node listen(
      NodeIdentity self,
      Shard shard,
      Kernels kernels,
      NodeSettings settings,
      InetSocketAddress address,
      Set<IdentityKey> peerKeys,
      Set<IdentityKey> callerKeys)
      throws IOException {
    return new Node(self, shard, kernels, settings, address, peerKeys, callerKeys);
  }

  private void serve(Link link, Set<IdentityKey> callerKeys) {
    links.add(link);
    try {
      if (links.size() > LINKS) {
        link.close(); // a pinned peer may not take all of this node's threads either
      } else if (callerKeys.contains(link.peer())) {
        JobServer server = jobs.get(settings.peerPatience().toMillis(), TimeUnit.MILLISECONDS);
        server.serve(link);
      } else {
        peers.serve(link);
      }
    } catch (ExecutionException | TimeoutException | CancellationException e) {
      link.close(); // this node has not joined its lane
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      link.close();
    } finally {
      links.remove(link);
    }
  }

  /** Where its jobs are run together; null at a dealer. */
  public @Nullable Batches batches() {
    return batches;
  }

  /** Where this node listens. */
  public InetSocketAddress address() {
    return listener.address();
  }

  /**
   * Joins a lane in which this node has its place; jobs are served from now on. Errors name what
   * does not fit.
   */
  public void join(Lane lane) {
    jobs.complete(new JobServer(context(PinnedLane.of(lane), AddressBook.of(lane))));
  }

  /**
   * Joins the lane of a manifest, in which this node has its place, for jobs whose steps come
   * sealed. Errors name what does not fit: a signature, this node's keys, its shard.
   *
   * @param roots whose signatures this node believes
   * @param sealKeys this node's own, whose public half the manifest must name
   * @param addresses where its peers are
   * @param stateFolder this node's own, kept across restarts
   */
  public SealedJobs join(
      SignedManifest manifest,
      TrustRoots roots,
      SealKeyPair sealKeys,
      AddressBook addresses,
      Path stateFolder,
      JobOutlet outlet)
      throws IOException {
    InstantSource clock = InstantSource.system();
    Manifest lane = manifest.verified(roots, clock.instant());
    NodeContext context = context(PinnedLane.of(lane, manifest.digest()), addresses);
    ManifestStage stage = lane.stages().get(context.stage().index());
    if (stage.firstLayer() != context.stage().firstLayer()
        || stage.lastLayer() != context.stage().endLayer() - 1) {
      throw new IllegalArgumentException("the manifest cuts the model's layers elsewhere");
    }
    ManifestNode place =
        switch (context.role()) {
          case DEALER -> stage.dealer();
          case EVALUATOR_0 -> stage.evaluator0();
          case EVALUATOR_1 -> stage.evaluator1();
        };
    if (!place.key().equals(sealKeys.publicKey())) {
      throw new IllegalArgumentException(
          "the manifest names another seal key for this node's place than the one it holds");
    }
    SealedJobs sealed = new SealedJobs(context, sealKeys, stateFolder, clock, outlet);
    closing.add(sealed);
    return sealed;
  }

  private NodeContext context(PinnedLane lane, AddressBook addresses) {
    NodeContext context =
        new NodeContext(
            shard,
            lane,
            addresses,
            plan(shard.header().config()),
            kernels,
            peers,
            settings,
            StageWeights.joint(shard, kernels),
            batches);
    if (!lane.modelDigest().equals(shard.header().modelDigest())) {
      throw new IllegalArgumentException(
          "the lane serves another model than this node's shard is of");
    }
    int stage = shard.header().stage().index();
    if (lane.stages().size() != shard.header().stage().count()
        || !context.key(stage, context.role()).equals(self.key())) {
      throw new IllegalArgumentException(
          "the lane does not give this node the place that its shard is for");
    }
    return context;
  }

  /** The ring plan of a model's shape: the same at every role and for the publisher. */
  public static RingPlan plan(ModelConfig config) {
    int context = Math.min(config.context(), RingPlan.SERVED_CONTEXT);
    return RingPlan.of(
        config.hidden(),
        config.normEpsilon(),
        config.heads(),
        config.kvHeads(),
        config.headDim(),
        context);
  }

  @Override
  public void close() throws IOException {
    try (shard) {
      for (SealedJobs sealed : closing) {
        sealed.close();
      }
      listener.close();
      jobs.cancel(false);
      peers.close();
      links.forEach(Link::close);
    }
  }
}
