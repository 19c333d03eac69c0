package dev.sotto.shard.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.event.NodeAnnounced.State;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.links.NodeIdentity;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeerDirectoryTest {
  private final NodeIdentity peer = NodeIdentity.create();
  private final NodeIdentity stranger = NodeIdentity.create();
  private final AtomicInteger forged = new AtomicInteger();
  private final PeerDirectory peers =
      new PeerDirectory(Set.of(peer.key()), forged::incrementAndGet);

  private NodeAnnounced says(NodeIdentity who, int port, State state, long startedAt, long at) {
    return new NodeAnnounced(
        who.key().hex(),
        "one",
        new SignedManifest("YWJj", List.of()),
        0,
        Role.DEALER,
        "127.0.0.1",
        port,
        100,
        100,
        4,
        state,
        startedAt,
        at);
  }

  private void read(NodeAnnounced said) {
    peers.read(EventCodec.encode(new EventRecord(UUID.randomUUID(), 1, said)));
  }

  private int port() {
    var at = peers.of(peer.key());
    return at == null ? 0 : at.getPort();
  }

  @Test
  void aPeerSaysWhereItIsAndNobodyElseDoes() {
    read(says(stranger, 1, State.READY, 1, 1).signed(stranger::sign));
    assertThat(peers.isComplete()).isFalse();
    assertThat(forged).hasValue(0);
    read(says(peer, 4000, State.READY, 10, 11).signed(peer::sign));
    assertThat(peers.isComplete()).isTrue();
    assertThat(port()).isEqualTo(4000);
    read(says(peer, 4001, State.READY, 10, 12)); // not signed
    read(says(peer, 4001, State.STOPPED, 10, 12).signed(stranger::sign));
    assertThat(forged).hasValue(2);
    assertThat(port()).isEqualTo(4000);
    read(says(peer, 4002, State.READY, 20, 21).signed(peer::sign));
    assertThat(port()).isEqualTo(4002);
  }

  @Test
  void whatAPeerSaidEarlierChangesNothing() {
    NodeAnnounced stopped = says(peer, 4000, State.STOPPED, 10, 13).signed(peer::sign);
    NodeAnnounced first = says(peer, 4000, State.READY, 10, 11).signed(peer::sign);
    read(first);
    read(stopped);
    assertThat(peers.isComplete()).isFalse();
    read(first);
    assertThat(peers.isComplete()).isFalse();
    read(says(peer, 4003, State.READY, 20, 21).signed(peer::sign));
    read(stopped);
    assertThat(peers.isComplete()).isTrue();
    assertThat(port()).isEqualTo(4003);
    assertThat(forged).hasValue(0);
  }
}
