package dev.sotto.node.job;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.links.Link;
import dev.sotto.links.LinkSecret;
import dev.sotto.mpc.Abort;
import dev.sotto.mpc.AesStreams;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Streams;
import dev.sotto.node.NodeContext;
import dev.sotto.node.peer.Greeting;
import dev.sotto.node.peer.Greeting.Purpose;
import dev.sotto.node.peer.Met;
import dev.sotto.ring.Prg;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The links of one job at one role, and its session's streams. Keys are HKDF(pair secret of this
 * connection, job hash ‖ 32 fresh bytes of each role): new for every session, in memory only, gone
 * with any link (protocol.md, Freshness).
 */
final class SessionLinks implements AutoCloseable {
  private final NodeContext node;
  private final byte[] job;
  private final byte[] hash;
  private final byte[] fresh = new byte[32];
  private final Map<Purpose, Met> met = new EnumMap<>(Purpose.class);
  private final List<Met> opened = new ArrayList<>();
  private @Nullable Link greeting;
  private boolean clean;
  private boolean aborted;
  private boolean held;
  private boolean unwanted;

  /** None yet: {@link #meet} makes them. */
  SessionLinks(NodeContext node, JobOpen open) {
    this.node = node;
    JobId id = open.jobId();
    this.job = ByteBuffer.allocate(JobId.BYTES).putLong(id.high()).putLong(id.low()).array();
    this.hash = open.hash();
    new SecureRandom().nextBytes(fresh);
  }

  /** Meets the other roles of the stage. */
  void meet() {
    switch (node.role()) {
      case DEALER -> {
        connect(Purpose.DEALER_EVALUATOR_0, Role.EVALUATOR_0);
        connect(Purpose.DEALT, Role.EVALUATOR_1);
        if (node.stage().isFirst()) {
          connect(Purpose.LOOK_UPS, Role.EVALUATOR_1);
        }
      }
      case EVALUATOR_0 -> {
        connect(Purpose.EVALUATORS, Role.EVALUATOR_1);
        await(Purpose.DEALER_EVALUATOR_0, Role.DEALER, node.stage().index());
      }
      case EVALUATOR_1 -> {
        await(Purpose.EVALUATORS, Role.EVALUATOR_0, node.stage().index());
        await(Purpose.DEALT, Role.DEALER, node.stage().index());
        if (node.stage().isFirst()) {
          await(Purpose.LOOK_UPS, Role.DEALER, node.stage().index());
        }
      }
    }
    if (node.role().evaluates() && !node.stage().isFirst()) {
      await(Purpose.HAND_OVER, node.role(), node.stage().index() - 1);
    }
  }

  /** Meets the same evaluator of the next stage, if there is one. */
  Met next() {
    int stage = node.stage().index() + 1;
    Met m =
        node.peers()
            .meet(
                node.addresses(),
                node.key(stage, node.role()),
                name(stage, node.role()),
                greeting(Purpose.HAND_OVER),
                this::greeting);
    keep(m);
    return m;
  }

  private Greeting greeting(Purpose purpose) {
    byte[] cut = HexFormat.of().parseHex(node.shard().header().setId());
    return new Greeting(job, purpose, hash, cut, fresh);
  }

  private void connect(Purpose purpose, Role role) {
    int stage = node.stage().index();
    add(
        purpose,
        node.peers()
            .meet(
                node.addresses(),
                node.key(stage, role),
                name(stage, role),
                greeting(purpose),
                this::greeting));
  }

  private void await(Purpose purpose, Role role, int stage) {
    add(purpose, node.peers().await(node.key(stage, role), name(stage, role), greeting(purpose)));
  }

  /** A role as sentences name it. */
  private String name(int stage, Role role) {
    String label =
        switch (role) {
          case DEALER -> "the dealer";
          case EVALUATOR_0 -> "evaluator-0";
          case EVALUATOR_1 -> "evaluator-1";
        };
    return node.stage().count() == 1 ? label : label + " of stage " + stage;
  }

  private void add(Purpose purpose, Met m) {
    keep(m);
    met.put(purpose, m);
  }

  private synchronized void keep(Met m) {
    if (aborted) {
      m.close();
      throw new Abort.PeerGone("the caller is gone", null);
    }
    opened.add(m);
  }

  private synchronized void greeting(Link link) {
    greeting = link;
    if (aborted) {
      link.close();
    }
  }

  /**
   * From now on until {@link #release} this job's links stay open whatever its caller does: others
   * depend on them. An {@link Abort} if they are closed already.
   */
  synchronized void hold() {
    if (aborted) {
      throw new Abort.PeerGone("the caller is gone", null);
    }
    held = true;
  }

  /** Ends {@link #hold}: what was asked for meanwhile happens now. */
  synchronized void release() {
    held = false;
    if (unwanted) {
      abort();
    }
  }

  /** An {@link Abort} if the links are closed. */
  synchronized void check() {
    if (aborted) {
      throw new Abort.PeerGone("the caller is gone", null);
    }
  }

  /**
   * Closes every link, now and for ever: whoever waits on one stops waiting. Any thread. False if
   * they are held: then they are closed once they are released.
   */
  synchronized boolean abort() {
    unwanted = true;
    if (held) {
      return false;
    }
    aborted = true;
    opened.forEach(Met::close);
    if (greeting != null) {
      greeting.close(); // it is among those that were opened, or still waits for its answer
    }
    return true;
  }

  Met get(Purpose purpose) {
    Met m = met.get(purpose);
    if (m == null) {
      throw new IllegalStateException("this role has no link for " + purpose);
    }
    return m;
  }

  /** The number in this job's frames. */
  long number() {
    return ByteBuffer.wrap(hash).getLong();
  }

  /** The session's streams: a key for each of this role's pairs. */
  Streams streams() {
    Map<Pair, byte[]> keys = new EnumMap<>(Pair.class);
    switch (node.role()) {
      case DEALER -> {
        byte[] context = context(fresh, theirs(Purpose.DEALER_EVALUATOR_0), theirs(Purpose.DEALT));
        keys.put(Pair.DEALER_EVALUATOR_0, key(Purpose.DEALER_EVALUATOR_0, context));
        keys.put(Pair.DEALER_EVALUATOR_1, key(Purpose.DEALT, context));
      }
      case EVALUATOR_0 -> {
        byte[] context =
            context(theirs(Purpose.DEALER_EVALUATOR_0), fresh, theirs(Purpose.EVALUATORS));
        keys.put(Pair.DEALER_EVALUATOR_0, key(Purpose.DEALER_EVALUATOR_0, context));
        keys.put(Pair.EVALUATORS, key(Purpose.EVALUATORS, context));
      }
      case EVALUATOR_1 -> {
        byte[] context = context(theirs(Purpose.DEALT), theirs(Purpose.EVALUATORS), fresh);
        keys.put(Pair.DEALER_EVALUATOR_1, key(Purpose.DEALT, context));
        keys.put(Pair.EVALUATORS, key(Purpose.EVALUATORS, context));
      }
    }
    return new AesStreams(keys);
  }

  private byte[] theirs(Purpose purpose) {
    return get(purpose).theirs().fresh();
  }

  /** The job's hash and the roles' fresh bytes, in an order that both ends know. */
  private byte[] context(byte[]... contributions) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(hash);
    for (byte[] part : contributions) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /**
   * The pad of hand-overs to the next stage, over {@code m}. The two evaluators' shares cross two
   * links: under TLS alone, a recording of both would open to a quantum computer later.
   *
   * @param sends whether this node is the sender
   */
  Prg handOverPad(Met m, boolean sends) {
    byte[] theirs = m.theirs().fresh();
    byte[] context = sends ? context(fresh, theirs) : context(theirs, fresh);
    return new Prg(m.link().secret().derive("hand-over", context, 16));
  }

  private byte[] key(Purpose purpose, byte[] context) {
    LinkSecret secret = get(purpose).link().secret();
    return secret.derive("session-stream", context, 16);
  }

  /** Every link is in order: {@link #close} gives them back instead of closing them. */
  synchronized void clean() {
    clean = !aborted;
  }

  @Override
  public synchronized void close() {
    for (Met m : opened) {
      if (clean) {
        m.giveBack();
      } else {
        m.close();
      }
    }
    opened.clear();
  }
}
