package dev.sotto.contracts.event;

import dev.sotto.contracts.Check;
import dev.sotto.contracts.Lane;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.node.NodeSigner;
import dev.sotto.contracts.node.NodeWord;

/**
 * A node says that it is there, every two seconds and whenever something changes. Where it listens
 * is a hint: whoever answers there must prove the identity that the manifest names.
 *
 * @param identity its key, 64 hexadecimal digits
 * @param operator who runs it
 * @param lane the manifest of its lane
 * @param stage its stage
 * @param role its role
 * @param host where peers reach it
 * @param port where peers reach it
 * @param vocab tokens of the model's vocabulary
 * @param context the longest prompt and answer together that it serves, in tokens
 * @param slots jobs at once
 * @param state whether it takes jobs
 * @param startedAt when this process began; milliseconds of the epoch. A later one than before
 *     means that it has forgotten its jobs
 * @param announcedAt now; milliseconds of the epoch
 * @param signature of the node over all of it, base64; empty before it is signed
 */
public record NodeAnnounced(
    String identity,
    String operator,
    SignedManifest lane,
    int stage,
    Role role,
    String host,
    int port,
    int vocab,
    int context,
    int slots,
    State state,
    long startedAt,
    long announcedAt,
    String signature)
    implements Event {
  /** Whether a node takes jobs. */
  public enum State {
    /** It does. */
    READY,
    /** It finishes those that it has. */
    DRAINING,
    /** It is gone. */
    STOPPED
  }

  /** BadMessage when a field is outside its bounds. */
  public NodeAnnounced {
    Check.digest("NodeAnnounced.identity", identity);
    Check.name("NodeAnnounced.operator", operator);
    Check.range("NodeAnnounced.stage", stage, 0, Lane.MAX_STAGES - 1L);
    Check.range("NodeAnnounced.port", port, 1, 65_535);
    Check.range("NodeAnnounced.host's length", host.length(), 1, 253);
    Check.range("NodeAnnounced.vocab", vocab, 1, 1 << 20);
    Check.range("NodeAnnounced.context", context, 1, 1 << 20);
    Check.range("NodeAnnounced.slots", slots, 1, 1024);
    NodeSignatures.check("NodeAnnounced.signature", signature);
  }

  /** Not signed yet. */
  public NodeAnnounced(
      String identity,
      String operator,
      SignedManifest lane,
      int stage,
      Role role,
      String host,
      int port,
      int vocab,
      int context,
      int slots,
      State state,
      long startedAt,
      long announcedAt) {
    this(
        identity,
        operator,
        lane,
        stage,
        role,
        host,
        port,
        vocab,
        context,
        slots,
        state,
        startedAt,
        announcedAt,
        "");
  }

  /** Signed by the node whose key is {@link #identity}. */
  public NodeAnnounced signed(NodeSigner signer) {
    return new NodeAnnounced(
        identity,
        operator,
        lane,
        stage,
        role,
        host,
        port,
        vocab,
        context,
        slots,
        state,
        startedAt,
        announcedAt,
        NodeSignatures.text(word().sign(signer)));
  }

  /** Whether it is signed by the node whose key is {@link #identity}. */
  public boolean isSigned() {
    return word().isSigned(NodeSignatures.bytes(signature));
  }

  private NodeWord word() {
    return NodeWord.on(topic().topicName(), identity)
        .with(operator)
        .with(lane.encode())
        .with(stage)
        .with(role.name())
        .with(host)
        .with(port)
        .with(vocab)
        .with(context)
        .with(slots)
        .with(state.name())
        .with(startedAt)
        .with(announcedAt);
  }

  @Override
  public Topic topic() {
    return Topic.NODES;
  }

  @Override
  public String key() {
    return identity;
  }

  /** Signed since its second. */
  @Override
  public int version() {
    return 2;
  }
}
