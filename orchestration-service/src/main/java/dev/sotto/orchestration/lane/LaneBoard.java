package dev.sotto.orchestration.lane;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.event.NodeAnnounced.State;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.TrustRoots;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes and lanes there are. Nothing is believed that is not signed by the node, and nothing
 * before the manifest that it shows has the signatures of its publisher and of all its operators
 * under pinned keys, and names the node in that very seat. When a node was heard of last is told by
 * this side's clock alone.
 *
 * <p>Safe for use by several threads.
 */
public final class LaneBoard {
  private static final int MOST_REFUSALS = 256;
  private static final int MOST_NODES = 4096;
  private static final long CLOCK_SLACK_MILLIS = Duration.ofMinutes(5).toMillis();

  private final TrustRoots roots;
  private final long silenceNanos;
  private final Ticks ticks;
  private final InstantSource wall;
  private @Nullable Long listening; // since when nothing that nodes say is missed
  private final Map<Seat, Known> nodes = new LinkedHashMap<>();
  private final Map<String, Shown> lanes = new LinkedHashMap<>();
  private final Doubts doubts = new Doubts();
  private final Set<String> revokedNodes = new HashSet<>();
  private final Set<String> revokedLanes = new HashSet<>();
  private final Map<String, Said.Refused> refusals = new LinkedHashMap<>();

  /** A clock that only grows, in nanoseconds: the wall's may be set back or forth. */
  @FunctionalInterface
  public interface Ticks {
    /** Now. */
    long nanos();
  }

  private record Seat(String identity, int stage) {}

  /**
   * {@code heardAt} is null for what was only read from records that were there before; {@code
   * saidAt} is by the node's clock, 0 if unknown.
   */
  private record Known(NodeView node, @Nullable Long heardAt, long saidAt) {}

  private record Shown(SignedManifest signed, Manifest manifest) {}

  /**
   * An empty board.
   *
   * @param roots whom to believe
   * @param silence for how long a node that says nothing is still there
   * @param ticks for {@code silence}
   * @param wall for expiry
   */
  public LaneBoard(TrustRoots roots, Duration silence, Ticks ticks, InstantSource wall) {
    this.roots = roots;
    this.silenceNanos = silence.toNanos();
    this.ticks = ticks;
    this.wall = wall;
  }

  /**
   * From now on this side hears what nodes say: it has begun to listen, or goes on after it could
   * not. Before that, and for as long as a node may be silent after it, nobody counts as gone.
   */
  public synchronized void listen() {
    listening = ticks.nanos();
  }

  /**
   * Takes note of an announcement.
   *
   * @param fresh whether it was told just now; an old record says who there was, not who there is
   */
  public synchronized Said hear(NodeAnnounced said, boolean fresh) {
    String digest = "";
    if (!said.isSigned()) {
      return new Said.Forged();
    }
    try {
      digest = said.lane().digest();
      Manifest manifest = believed(said.lane(), digest);
      checkSeat(said, manifest);
      if (fresh && said.announcedAt() < wall.millis() - CLOCK_SLACK_MILLIS) {
        throw new BadMessage("NodeAnnounced.announcedAt", "lies far back; set the node's clock");
      }
      Seat seat = new Seat(said.identity(), said.stage());
      Known before = nodes.get(seat);
      if (before == null && nodes.size() >= MOST_NODES) {
        throw new BadMessage("NodeAnnounced", "is of one node more than " + MOST_NODES);
      }
      if (outdated(said, before)) {
        return new Said.Outdated();
      }
      Long at = fresh ? Long.valueOf(ticks.nanos()) : null;
      NodeView node = NodeView.of(said, digest, fresh, revokedNodes.contains(said.identity()));
      boolean changed = before == null || !same(before, node);
      nodes.put(seat, new Known(node, at, said.announcedAt()));
      lanes.putIfAbsent(digest, new Shown(said.lane(), manifest));
      refusals.remove(said.identity());
      return new Said.Believed(node, said.lane(), changed);
    } catch (BadMessage bad) {
      Said.Refused refused =
          new Said.Refused(said.identity(), digest, String.valueOf(bad.getMessage()));
      note(refused);
      return refused;
    }
  }

  /**
   * Signed words may be told again by whoever has read them: what is no later than what the node
   * has said before is no sign of life.
   */
  private static boolean outdated(NodeAnnounced said, @Nullable Known before) {
    return before != null
        && (said.startedAt() < before.node.startedAt()
            || (said.startedAt() == before.node.startedAt()
                && said.announcedAt() <= before.saidAt));
  }

  private boolean same(Known before, NodeView node) {
    NodeView then = before.node.with(true, node.revoked());
    return heard(before) && then.equals(node.with(true, node.revoked()));
  }

  private Manifest believed(SignedManifest signed, String digest) {
    Shown shown = lanes.get(digest);
    if (shown != null && shown.signed.equals(signed)) {
      if (wall.millis() >= shown.manifest.expiresAt()) {
        throw new BadMessage("Manifest.expiresAt", "has passed; the lane must be signed again");
      }
      return shown.manifest;
    }
    return signed.verified(roots, wall.instant());
  }

  private void checkSeat(NodeAnnounced said, Manifest manifest) {
    if (said.stage() >= manifest.stages().size()) {
      throw new BadMessage("NodeAnnounced.stage", "is none of the lane's");
    }
    ManifestNode holder = manifest.stages().get(said.stage()).node(said.role());
    if (!holder.identity().equals(said.identity())) {
      throw new BadMessage("NodeAnnounced.identity", "does not hold that seat of the lane");
    }
    if (!holder.operator().equals(said.operator())) {
      throw new BadMessage("NodeAnnounced.operator", "is not the one of that seat");
    }
    if (said.startedAt() > wall.millis() + CLOCK_SLACK_MILLIS) {
      throw new BadMessage("NodeAnnounced.startedAt", "lies ahead; set the node's clock");
    }
  }

  private void note(Said.Refused refused) {
    refusals.remove(refused.identity());
    refusals.put(refused.identity(), refused);
    if (refusals.size() > MOST_REFUSALS) {
      refusals.remove(refusals.keySet().iterator().next());
    }
  }

  /** Puts back what was recorded before this process began. Nobody of it counts as heard of. */
  public synchronized void recall(
      Collection<SignedManifest> recorded,
      Collection<NodeView> seats,
      Collection<String> noLanes,
      Collection<String> noNodes) {
    revokedLanes.addAll(noLanes);
    revokedNodes.addAll(noNodes);
    for (SignedManifest signed : recorded) {
      try {
        // Expired ones still name the nodes of jobs; whose signatures are bad name nobody.
        Manifest manifest = signed.verified(roots, Instant.EPOCH);
        lanes.put(signed.digest(), new Shown(signed, manifest));
      } catch (BadMessage bad) {
        note(new Said.Refused(signed.digest(), signed.digest(), String.valueOf(bad.getMessage())));
      }
    }
    for (NodeView node : seats) {
      if (lanes.containsKey(node.lane())) {
        nodes.put(new Seat(node.identity(), node.stage()), new Known(node, null, 0));
      }
    }
  }

  /** A lane lost a node: no job is placed on it before all of it has been heard of once more. */
  public synchronized void doubt(String digest) {
    Shown shown = lanes.get(digest);
    if (shown != null) {
      List<Long> starts = starts(view(digest, shown));
      doubts.raise(digest, ticks.nanos(), starts, heardAt(digest, shown.manifest));
    }
  }

  private List<@Nullable Long> heardAt(String digest, Manifest manifest) {
    List<@Nullable Long> times = new ArrayList<>();
    for (int stage = 0; stage < manifest.stages().size(); stage++) {
      for (Role role : Role.values()) {
        String identity = manifest.stages().get(stage).node(role).identity();
        Known known = nodes.get(new Seat(identity, stage));
        times.add(known == null || !known.node.lane().equals(digest) ? null : known.heardAt);
      }
    }
    return times;
  }

  /** A node may never be used again. */
  public synchronized void revokeNode(String identity) {
    revokedNodes.add(identity);
  }

  /** A lane may never be used again. */
  public synchronized void revokeLane(String digest) {
    revokedLanes.add(digest);
  }

  /** The manifest of that digest; null for one that was never believed. */
  public synchronized @Nullable LaneView lane(String digest) {
    Shown shown = lanes.get(digest);
    return shown == null ? null : view(digest, shown);
  }

  /** All lanes. */
  public synchronized List<LaneView> lanes() {
    List<LaneView> all = new ArrayList<>();
    lanes.forEach((digest, shown) -> all.add(view(digest, shown)));
    return all;
  }

  /**
   * The lanes that take jobs of a model now. Of one name the manifest that is valid longest: a lane
   * whose keys were rotated is a new manifest of the old name.
   */
  public synchronized List<LaneView> alive(String modelDigest) {
    Map<String, LaneView> byName = new HashMap<>();
    for (LaneView lane : lanes()) {
      if (lane.state() == LaneState.ALIVE && lane.manifest().modelDigest().equals(modelDigest)) {
        byName.merge(lane.manifest().laneId(), lane, LaneBoard::newer);
      }
    }
    return List.copyOf(byName.values());
  }

  private static LaneView newer(LaneView a, LaneView b) {
    return b.manifest().expiresAt() > a.manifest().expiresAt() ? b : a;
  }

  /** All nodes. */
  public synchronized List<NodeView> nodes() {
    return nodes.values().stream().map(this::view).toList();
  }

  /** Announcements that were not believed, the last of each node, the newest at the end. */
  public synchronized List<Said.Refused> refusals() {
    return List.copyOf(refusals.values());
  }

  /** The longest context that any lane has had for a model; 0 if none was ever heard of. */
  public synchronized int longestContext(String modelDigest) {
    return lanes().stream()
        .filter(lane -> lane.manifest().modelDigest().equals(modelDigest))
        .mapToInt(LaneView::context)
        .max()
        .orElse(0);
  }

  /** Whether any lane has ever served a model. */
  public synchronized boolean knows(String modelDigest) {
    return lanes.values().stream()
        .anyMatch(shown -> shown.manifest.modelDigest().equals(modelDigest));
  }

  /** When the process of each seat of a lane began, stage by stage, role by role; 0 if unknown. */
  public synchronized List<Long> starts(LaneView lane) {
    List<Long> starts = new ArrayList<>();
    for (int stage = 0; stage < lane.manifest().stages().size(); stage++) {
      for (Role role : Role.values()) {
        NodeView node = holder(lane.digest(), lane.manifest(), stage, role);
        starts.add(node == null ? 0L : node.startedAt());
      }
    }
    return starts;
  }

  /**
   * Why jobs that were placed on a lane cannot go on; null when they can. A node has the usual time
   * to say something after {@link #listen}.
   *
   * @param starts when its nodes' processes began, as {@link #starts} said at placement
   */
  public synchronized @Nullable String broken(String digest, List<Long> starts) {
    Shown shown = lanes.get(digest);
    if (shown == null) {
      return "The job's lane is not known any more.";
    }
    if (revokedLanes.contains(digest)) {
      return "The job's lane was revoked.";
    }
    int at = 0;
    for (int stage = 0; stage < shown.manifest.stages().size(); stage++) {
      for (Role role : Role.values()) {
        String who = "The " + role + " of lane " + shown.manifest.laneId();
        String identity = shown.manifest.stages().get(stage).node(role).identity();
        if (revokedNodes.contains(identity)) {
          return who + " was revoked.";
        }
        Known known = nodes.get(new Seat(identity, stage));
        if (gone(known == null ? null : known.heardAt)
            || (known != null && known.node.state() == State.STOPPED)) {
          return who + " is gone.";
        }
        if (known != null
            && (!known.node.lane().equals(digest)
                || (at < starts.size() && known.node.startedAt() > starts.get(at)))) {
          return who + " was restarted.";
        }
        at++;
      }
    }
    return null;
  }

  private LaneView view(String digest, Shown shown) {
    Manifest manifest = shown.manifest;
    int context = Integer.MAX_VALUE;
    int slots = Integer.MAX_VALUE;
    boolean complete = true;
    boolean ready = true;
    boolean known = true;
    boolean revoked = revokedLanes.contains(digest);
    for (int stage = 0; stage < manifest.stages().size(); stage++) {
      for (Role role : Role.values()) {
        NodeView node = holder(digest, manifest, stage, role);
        revoked |= revokedNodes.contains(manifest.stages().get(stage).node(role).identity());
        known &= node != null;
        complete &= node != null && node.alive();
        ready &= node != null && node.state() == State.READY;
        context = node == null ? context : Math.min(context, node.context());
        slots = node == null ? slots : Math.min(slots, node.slots());
      }
    }
    LaneState state =
        revoked
            ? LaneState.REVOKED
            : wall.millis() >= manifest.expiresAt()
                ? LaneState.EXPIRED
                : !complete
                    ? LaneState.INCOMPLETE
                    : !ready
                        ? LaneState.DRAINING
                        : doubts.holds(digest, heardAt(digest, manifest))
                            ? LaneState.DOUBTED
                            : LaneState.ALIVE;
    return new LaneView(
        digest, shown.signed, manifest, state, known ? context : 0, known ? slots : 0);
  }

  /** The node that holds a seat and showed this very manifest last. */
  private @Nullable NodeView holder(String digest, Manifest manifest, int stage, Role role) {
    Known known = nodes.get(new Seat(manifest.stages().get(stage).node(role).identity(), stage));
    return known == null || !known.node.lane().equals(digest) ? null : view(known);
  }

  private NodeView view(Known known) {
    return known.node.with(heard(known), revokedNodes.contains(known.node.identity()));
  }

  private boolean heard(Known known) {
    return known.heardAt != null && !past(known.heardAt);
  }

  private boolean gone(@Nullable Long heardAt) {
    return listening != null && past(listening) && (heardAt == null || past(heardAt));
  }

  private boolean past(long heardAt) {
    return ticks.nanos() - heardAt > silenceNanos;
  }
}
