package dev.sotto.shard;

import dev.sotto.shard.broker.Announcements;
import dev.sotto.shard.broker.PeerDirectory;
import dev.sotto.shard.work.ServedShard;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Whether the node could serve a job now: its broker hears it, and its peers are known. */
final class NodeHealth implements HealthIndicator {
  private final ServedShard shard;
  private final PeerDirectory peers;
  private final Announcements announcements;

  NodeHealth(ServedShard shard, PeerDirectory peers, Announcements announcements) {
    this.shard = shard;
    this.peers = peers;
    this.announcements = announcements;
  }

  @Override
  public Health health() {
    boolean heard = announcements.isHeard();
    boolean complete = peers.isComplete();
    return (heard && complete ? Health.up() : Health.outOfService())
        .withDetail("broker", heard ? "hears this node" : "has not heard this node lately")
        .withDetail("peers", complete ? "all known" : "not all known yet")
        .withDetail("jobs", shard.jobs().running())
        .build();
  }
}
