package dev.sotto.shard.testing;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.SignedManifest.Party;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.node.NodeKeys;
import dev.sotto.shard.ShardService;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.context.ConfigurableApplicationContext;

/** The nodes of a lane: their keys, the manifest that all have signed, and how they are started. */
public final class SmallLane implements AutoCloseable {
  public static final String LANE = "small";

  private final Path folder;
  private final String bootstrap;
  private final ShardSet shards;
  private final Map<Seat, NodeKeys> keys = new LinkedHashMap<>();
  private final Map<Seat, ConfigurableApplicationContext> running = new HashMap<>();
  private final Map<String, SigningKey> operators = new HashMap<>();
  private final SigningKey publisher = SigningKey.create();
  private SignedManifest signed;

  /** Keys, manifest and roots; no node runs yet. */
  public SmallLane(Path folder, String bootstrap, int stages) throws IOException {
    this.folder = folder;
    this.bootstrap = bootstrap;
    this.shards = SmallModel.shards(stages);
    for (int stage = 0; stage < stages; stage++) {
      for (Role role : Role.values()) {
        Seat seat = new Seat(stage, role);
        keys.put(seat, NodeKeys.create(folder.resolve("keys-" + seat)));
        operators.computeIfAbsent(operator(role), name -> SigningKey.create());
      }
    }
    Files.write(folder.resolve("roots.json"), roots().encode());
    this.signed = sign(manifest(Map.of()));
    write(signed);
  }

  private static String operator(Role role) {
    return "operator-of-" + role.label();
  }

  private TrustRoots roots() {
    Map<String, String> pinned = new HashMap<>();
    operators.forEach((name, key) -> pinned.put(name, key.publicHex()));
    return new TrustRoots(Map.of("publisher", publisher.publicHex()), pinned);
  }

  /** The lane, with other nodes in some places. */
  public Manifest manifest(Map<Seat, ManifestNode> others) {
    List<ManifestStage> stages = new ArrayList<>();
    for (int s = 0; s < shards.stages(); s++) {
      ShardHeader header = shards.headers().get(3 * s);
      stages.add(
          new ManifestStage(
              header.stage().firstLayer(),
              header.stage().endLayer() - 1,
              node(others, new Seat(s, Role.DEALER)),
              node(others, new Seat(s, Role.EVALUATOR_0)),
              node(others, new Seat(s, Role.EVALUATOR_1))));
    }
    return new Manifest(
        Manifest.VERSION,
        LANE,
        shards.headers().getFirst().modelDigest(),
        "ab".repeat(32),
        "cd".repeat(32),
        "publisher",
        Instant.now().plus(Duration.ofDays(1)).toEpochMilli(),
        stages);
  }

  private ManifestNode node(Map<Seat, ManifestNode> others, Seat seat) {
    ManifestNode other = others.get(seat);
    return other == null ? place(seat, keys(seat)) : other;
  }

  /** A manifest's entry. */
  public static ManifestNode place(Seat seat, NodeKeys keys) {
    return new ManifestNode(
        operator(seat.role()), keys.identity().key().hex(), keys.sealKeys().publicKey().base64());
  }

  /** Signed by all. */
  public SignedManifest sign(Manifest manifest) {
    SignedManifest all =
        SignedManifest.unsigned(manifest).signed(Party.PUBLISHER, "publisher", publisher);
    for (Map.Entry<String, SigningKey> operator : operators.entrySet()) {
      all = all.signed(Party.OPERATOR, operator.getKey(), operator.getValue());
    }
    return all;
  }

  /** What nodes that are started from now on find as their lane's manifest. */
  public void write(SignedManifest manifest) throws IOException {
    signed = manifest;
    Files.write(folder.resolve("manifest.json"), manifest.encode());
  }

  public SignedManifest signed() {
    return signed;
  }

  public ShardSet shards() {
    return shards;
  }

  public List<Seat> seats() {
    return List.copyOf(keys.keySet());
  }

  public NodeKeys keys(Seat seat) {
    return Objects.requireNonNull(keys.get(seat));
  }

  /** A node's identity, as it names its topic. */
  public String identity(Seat seat) {
    return keys(seat).identity().key().hex();
  }

  /** What a node is started with. */
  public List<String> arguments(Seat seat, String... more) {
    ShardRole role = ShardRole.of(seat.role().label());
    List<String> all =
        new ArrayList<>(
            List.of(
                "--sotto.shard.role=" + seat.role().label(),
                "--sotto.shard.stage=" + seat.stage(),
                "--sotto.shard.shard-file=" + shards.file(role, seat.stage()),
                "--sotto.shard.keys-folder=" + folder.resolve("keys-" + seat),
                "--sotto.shard.manifest-file=" + folder.resolve("manifest.json"),
                "--sotto.shard.roots-file=" + folder.resolve("roots.json"),
                "--sotto.shard.state-folder=" + folder.resolve("state-" + seat),
                "--sotto.shard.kernels=vector",
                "--spring.kafka.bootstrap-servers=" + bootstrap));
    all.addAll(List.of(more)); // an argument that is there twice is a list
    return all;
  }

  /** Starts a node in this process, with a context of its own. */
  public ConfigurableApplicationContext start(Seat seat, String... more) {
    ConfigurableApplicationContext context =
        ShardService.run(
            Stream.concat(arguments(seat, more).stream(), Stream.of("--sotto.shard.drain=1s"))
                .toArray(String[]::new));
    running.put(seat, context);
    return context;
  }

  /** Starts all of them. */
  public SmallLane startAll(String... more) {
    seats().forEach(seat -> start(seat, more));
    return this;
  }

  public ConfigurableApplicationContext context(Seat seat) {
    return Objects.requireNonNull(running.get(seat));
  }

  /** How often a node has counted something. */
  public double count(Seat seat, String meter, String... tags) {
    return context(seat).getBean(MeterRegistry.class).counter(meter, tags).count();
  }

  /** Stops a node as a signal would. */
  public void stop(Seat seat) {
    context(seat).close();
    running.remove(seat);
  }

  @Override
  public void close() {
    // All at once: a node that waits for its jobs' steps would wait for each other one's.
    running.values().parallelStream().forEach(ConfigurableApplicationContext::close);
    running.clear();
  }
}
