package dev.sotto.node.job;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobOpen;
import dev.sotto.links.IdentityKey;
import dev.sotto.node.NodeContext;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;

/**
 * Whether a node takes a job: checked against its shard, its lane and its bounds before a peer is
 * spoken to. A job's id and its nonce are accepted once; they are remembered until the job could no
 * longer be opened anyway.
 */
final class Admission {
  /** The longest time ahead for which a caller may set a job's expiry. */
  static final Duration LONGEST_LIFE = Duration.ofHours(2);

  private final NodeContext node;
  private final InstantSource clock;
  private final SeenJobs seen;

  Admission(NodeContext node, InstantSource clock, SeenJobs seen) {
    this.node = node;
    this.clock = clock;
    this.seen = seen;
  }

  /** Takes the job of a caller on a link, or throws the {@link Refusal} that says why not. */
  void admit(JobOpen open, IdentityKey caller, long session) {
    checkLane(open);
    if (session != ByteBuffer.wrap(open.hash()).getLong()) {
      throw new Refusal(Failure.Code.REFUSED, "the frames' session is not the job's");
    }
    if (!Arrays.equals(open.resultKey().toArray(), caller.bytes())) {
      throw new Refusal(
          Failure.Code.REFUSED, "results go to the caller of this link, and to no other key");
    }
    checkAndTake(open);
  }

  /** Takes a job that came sealed, or throws the {@link Refusal} that says why not. */
  void admit(JobOpen open) {
    checkLane(open);
    if (seen.took(open)) {
      // The very same job: its envelope was delivered again to a node that has forgotten its state.
      throw new Refusal(
          Failure.Code.PEER_GONE,
          "this node took the job before and holds it no more: it was restarted, or the job is over");
    }
    checkAndTake(open);
  }

  private void checkLane(JobOpen open) {
    if (!open.modelDigest().equals(node.lane().modelDigest())
        || !open.laneId().equals(node.lane().laneId())
        || !open.manifestDigest().equals(node.lane().digest())) {
      throw new Refusal(Failure.Code.REFUSED, "this node serves another model or lane");
    }
  }

  private void checkAndTake(JobOpen open) {
    long tokens = (long) open.promptTokens() + open.maxTokens() - 1;
    if (tokens > node.plan().context()) {
      throw new Refusal(
          Failure.Code.REFUSED,
          "prompt and answer of %d tokens exceed the context of %d"
              .formatted(tokens, node.plan().context()));
    }
    long now = clock.millis();
    if (node.lane().expiresAt() <= now) {
      throw new Refusal(
          Failure.Code.REFUSED, "this node's lane has expired; it must be signed again");
    }
    if (open.expiresAt() < now) {
      throw new Refusal(Failure.Code.EXPIRED, "the job has expired");
    }
    if (open.expiresAt() - now > LONGEST_LIFE.toMillis()) {
      throw new Refusal(
          Failure.Code.REFUSED,
          "a job may expire at most %d minutes ahead".formatted(LONGEST_LIFE.toMinutes()));
    }
    seen.take(open, now);
  }
}
