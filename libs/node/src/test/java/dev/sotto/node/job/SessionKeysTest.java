package dev.sotto.node.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Lane;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.LaneStage;
import dev.sotto.contracts.Octets;
import dev.sotto.links.LinkListener;
import dev.sotto.links.NodeIdentity;
import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Streams;
import dev.sotto.node.AddressBook;
import dev.sotto.node.Node;
import dev.sotto.node.NodeContext;
import dev.sotto.node.NodeSettings;
import dev.sotto.node.PinnedLane;
import dev.sotto.node.peer.Peers;
import dev.sotto.node.testing.SmallShards;
import dev.sotto.ring.ScalarKernels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No two sessions have a stream in common, whatever is repeated: all masks are words of streams,
 * and within a session no word of one is used twice (shown where the streams are read), so over all
 * sessions no two opened words share a mask.
 */
class SessionKeysTest {
  @TempDir private Path folder;

  private final Map<Role, NodeIdentity> identities = new EnumMap<>(Role.class);
  private final List<Map<Pair, List<Long>>> sessions = new ArrayList<>();

  /** Three roles that have just been started: identities and shards are what was saved of them. */
  private final class Started implements AutoCloseable {
    private final Map<Role, NodeContext> nodes = new EnumMap<>(Role.class);
    private final List<java.io.Closeable> open = new ArrayList<>();

    Started(ShardSet shards) throws IOException {
      Map<Role, Peers> peers = new EnumMap<>(Role.class);
      Map<Role, LaneNode> places = new EnumMap<>(Role.class);
      for (Role role : Role.values()) {
        NodeIdentity self = identity(role);
        Peers own = new Peers(self, Node.linkSettings(), NodeSettings.DEFAULT.peerPatience());
        peers.put(role, own);
        LinkListener listener =
            LinkListener.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                self,
                identities.values().stream()
                    .filter(other -> other != self)
                    .map(NodeIdentity::key)
                    .collect(Collectors.toSet()),
                Node.linkSettings(),
                8,
                own::serve);
        open.add(listener::close);
        open.add(own::close);
        String operator = role.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        places.put(
            role,
            new LaneNode(self.key().hex(), "127.0.0.1", listener.address().getPort(), operator));
      }
      Lane lane =
          new Lane(
              Lane.VERSION,
              shards.headers().getFirst().modelDigest(),
              "test",
              List.of(
                  new LaneStage(
                      0,
                      1,
                      Objects.requireNonNull(places.get(Role.DEALER)),
                      Objects.requireNonNull(places.get(Role.EVALUATOR_0)),
                      Objects.requireNonNull(places.get(Role.EVALUATOR_1)))));
      for (Role role : Role.values()) {
        Shard shard = SmallShards.open(shards, role);
        open.add(shard::close);
        nodes.put(
            role,
            new NodeContext(
                shard,
                PinnedLane.of(lane),
                AddressBook.of(lane),
                Node.plan(shard.header().config()),
                new ScalarKernels(),
                Objects.requireNonNull(peers.get(role)),
                NodeSettings.DEFAULT,
                null,
                null));
      }
    }

    /** All roles meet for a job; {@code end} says whether in order. Keeps what their keys give. */
    void session(JobOpen job, Consumer<SessionLinks> end) throws Exception {
      Map<Role, Future<Map<Pair, List<Long>>>> running = new EnumMap<>(Role.class);
      try (ExecutorService threads = Executors.newCachedThreadPool()) {
        for (Role role : Role.values()) {
          running.put(role, threads.submit(() -> meet(role, job, end)));
        }
        Map<Pair, List<Long>> all = new EnumMap<>(Pair.class);
        for (Future<Map<Pair, List<Long>>> f : running.values()) {
          f.get(60, TimeUnit.SECONDS)
              .forEach(
                  (pair, words) -> {
                    List<Long> others = all.putIfAbsent(pair, words);
                    assertThat(others == null || others.equals(words))
                        .as("both roles of " + pair + " have one stream")
                        .isTrue();
                  });
        }
        sessions.add(all);
      }
    }

    private Map<Pair, List<Long>> meet(Role role, JobOpen job, Consumer<SessionLinks> end) {
      try (SessionLinks links = new SessionLinks(Objects.requireNonNull(nodes.get(role)), job)) {
        links.meet();
        Streams streams = links.streams();
        Map<Pair, List<Long>> words = new HashMap<>();
        for (Pair pair : Pair.values()) {
          long[] first = new long[4];
          if (pair.has(role)) {
            streams.words(pair, 5, 0, 64, first, 0, first.length);
            words.put(pair, Arrays.stream(first).boxed().toList());
          } else {
            assertThatThrownBy(() -> streams.words(pair, 5, 0, 64, first, 0, 4))
                .isInstanceOf(IllegalStateException.class);
          }
        }
        end.accept(links);
        return words;
      }
    }

    @Override
    public void close() throws IOException {
      for (java.io.Closeable c : open) {
        c.close();
      }
    }
  }

  private NodeIdentity identity(Role role) {
    return Objects.requireNonNull(identities.get(role));
  }

  private static JobOpen job(ShardSet shards, NodeIdentity caller) {
    SecureRandom random = new SecureRandom();
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    return new JobOpen(
        JobId.random(random),
        shards.headers().getFirst().modelDigest(),
        "ab".repeat(32),
        "test",
        4,
        4,
        Octets.wrap(caller.key().bytes()),
        System.currentTimeMillis() + 60_000,
        Octets.wrap(nonce));
  }

  @Test
  void noTwoSessionsShareAStream() throws Exception {
    ShardSet shards = SmallShards.cut(folder);
    for (Role role : Role.values()) {
      NodeIdentity fresh = NodeIdentity.create();
      Path file = folder.resolve(role + ".identity");
      fresh.save(file);
      identities.put(role, NodeIdentity.load(file));
    }
    JobOpen job = job(shards, NodeIdentity.create());
    JobOpen sameIdOtherPrompt =
        new JobOpen(
            job.jobId(),
            job.modelDigest(),
            job.manifestDigest(),
            job.laneId(),
            7,
            job.maxTokens(),
            job.resultKey(),
            job.expiresAt(),
            job.nonce());
    for (int start = 0; start < 2; start++) { // the second time: restored from what was saved
      try (Started started = new Started(shards)) {
        started.session(job, SessionLinks::clean);
        started.session(job, SessionLinks::clean); // over the same connections
        started.session(job, links -> {}); // failed: its connections are not used again
        started.session(job, SessionLinks::clean); // and retried
        started.session(sameIdOtherPrompt, SessionLinks::clean);
        started.session(job(shards, NodeIdentity.create()), SessionLinks::clean);
      }
    }
    Set<List<Long>> seen = new HashSet<>();
    for (Map<Pair, List<Long>> session : sessions) {
      assertThat(session).hasSize(3);
      session.values().forEach(words -> assertThat(seen.add(words)).isTrue());
    }
    assertThat(seen).hasSize(2 * 6 * 3);
  }
}
