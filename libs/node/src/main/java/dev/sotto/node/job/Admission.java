package dev.sotto.node.job;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.links.IdentityKey;
import dev.sotto.node.NodeContext;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Whether a node takes a job: checked against its shard, its lane and its bounds before a peer is
 * spoken to. A job's id and its nonce are accepted once; they are remembered until the job could no
 * longer be opened anyway.
 */
final class Admission {
  /** The longest time ahead for which a caller may set a job's expiry. */
  static final Duration LONGEST_LIFE = Duration.ofHours(2);

  private static final int MOST_REMEMBERED = 1 << 18;
  private static final Duration SWEEP = Duration.ofMinutes(1);

  private final NodeContext node;
  private final InstantSource clock;
  private final Map<ByteBuffer, Long> seen = new HashMap<>(); // → when it expires, epoch millis
  private long swept;

  Admission(NodeContext node, InstantSource clock) {
    this.node = node;
    this.clock = clock;
  }

  /** Takes the job, or throws the {@link Refusal} that says why not. */
  void admit(JobOpen open, IdentityKey caller, long session) {
    if (!open.modelDigest().equals(node.lane().modelDigest())
        || !open.laneId().equals(node.lane().laneId())) {
      throw new Refusal(Failure.Code.REFUSED, "this node serves another model or lane");
    }
    if (session != ByteBuffer.wrap(open.hash()).getLong()) {
      throw new Refusal(Failure.Code.REFUSED, "the frames' session is not the job's");
    }
    if (!Arrays.equals(open.resultKey().toArray(), caller.bytes())) {
      throw new Refusal(
          Failure.Code.REFUSED, "results go to the caller of this link, and to no other key");
    }
    long tokens = (long) open.promptTokens() + open.maxTokens() - 1;
    if (tokens > node.plan().context()) {
      throw new Refusal(
          Failure.Code.REFUSED,
          "prompt and answer of %d tokens exceed the context of %d"
              .formatted(tokens, node.plan().context()));
    }
    long now = clock.millis();
    if (open.expiresAt() < now) {
      throw new Refusal(Failure.Code.EXPIRED, "the job has expired");
    }
    if (open.expiresAt() - now > LONGEST_LIFE.toMillis()) {
      throw new Refusal(
          Failure.Code.REFUSED,
          "a job may expire at most %d minutes ahead".formatted(LONGEST_LIFE.toMinutes()));
    }
    remember(open, now);
  }

  private synchronized void remember(JobOpen open, long now) {
    if (now - swept > SWEEP.toMillis() || seen.size() >= MOST_REMEMBERED) {
      swept = now;
      for (Iterator<Long> expiry = seen.values().iterator(); expiry.hasNext(); ) {
        if (expiry.next() < now) {
          expiry.remove();
        }
      }
    }
    if (seen.size() >= MOST_REMEMBERED) {
      throw new Refusal(
          Failure.Code.BUSY, "this node has taken as many jobs as it can remember; try later");
    }
    ByteBuffer id =
        ByteBuffer.allocate(JobId.BYTES)
            .putLong(open.jobId().high())
            .putLong(open.jobId().low())
            .flip();
    ByteBuffer nonce = ByteBuffer.wrap(open.nonce().toArray());
    if (seen.containsKey(id) || seen.containsKey(nonce)) {
      throw new Refusal(Failure.Code.REPLAYED, "this job's id or nonce was used before");
    }
    seen.put(id, open.expiresAt());
    seen.put(nonce, open.expiresAt());
  }
}
