package dev.sotto.embedded.folder;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.SignedManifest.Party;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.launch.LaunchException;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PrivateFile;
import dev.sotto.launch.RevokedNodes;
import dev.sotto.launch.UpPlan;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.models.shard.ShardRole;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.text.PublicPart;
import dev.sotto.node.NodeKeys;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Plays the publisher and all operators: makes their keys and the nodes', and signs a manifest for
 * each lane. Every role of every lane has an operator of its own, as two lanes that are compared
 * must. On one machine this shows how it works and separates nobody: whoever has the machine has
 * all keys.
 *
 * @param folder the platform's
 * @param plan what is to be started
 */
public record LaneFiles(PlatformFolder folder, UpPlan plan) {
  /** The public part's file, beside the shards. */
  public static final String PUBLIC_PART = "model.json";

  private static final String PUBLISHER = "local";
  private static final Duration VALID = Duration.ofDays(365);

  /** One with less left is signed again. */
  private static final Duration RENEWED = Duration.ofDays(180);

  /**
   * Makes the keys that are missing, and says whom callers and nodes believe. Needs no shards.
   * LaunchException if a key is damaged, or a node was revoked.
   */
  public void writeRoots() throws IOException {
    Keyring keyring = new Keyring(folder.keys());
    Map<String, String> operators = new TreeMap<>();
    Set<String> revoked = RevokedNodes.of(folder).all();
    for (int lane = 1; lane <= plan.lanes().size(); lane++) {
      for (int stage = 0; stage < plan.stages(); stage++) {
        for (ShardRole role : ShardRole.values()) {
          String operator = operator(lane, role);
          operators.put(operator, keyring.signer("operators", operator).publicHex());
          checkNotRevoked(keyring, process(lane, stage, role), revoked);
        }
      }
    }
    String publisher = keyring.signer("publishers", PUBLISHER).publicHex();
    TrustRoots roots = new TrustRoots(Map.of(PUBLISHER, publisher), operators, revoked);
    PrivateFile.write(folder.roots(), roots.encode());
  }

  /**
   * Signs what is missing; all nodes, lane by lane, stage by stage, dealer first. Needs the shards
   * of all lanes, and the roots.
   */
  public List<NodeSeat> prepare(Instant now) throws IOException {
    Keyring keyring = new Keyring(folder.keys());
    TrustRoots roots = TrustRoots.decode(Files.readAllBytes(folder.roots()));
    List<NodeSeat> signed = new ArrayList<>();
    for (int lane = 1; lane <= plan.lanes().size(); lane++) {
      List<NodeSeat> seats = seats(keyring, lane);
      sign(keyring, lane, seats, roots, now);
      String digest =
          SignedManifest.decode(Files.readAllBytes(seats.getFirst().manifest())).digest();
      seats.forEach(seat -> signed.add(seat.under(digest)));
    }
    return signed;
  }

  private static void checkNotRevoked(Keyring keyring, String process, Set<String> revoked)
      throws IOException {
    if (revoked.contains(identity(keyring.node(process)))) {
      throw new LaunchException(
          "the node %s was revoked; ./sotto node rotate %s gives it new keys"
              .formatted(process, process));
    }
  }

  private static String identity(Path keys) throws IOException {
    return NodeKeys.load(keys).identity().key().hex();
  }

  private static String operator(int lane, ShardRole role) {
    List<ShardRole> roles = List.of(ShardRole.values());
    return "local-" + ((lane - 1) * roles.size() + roles.indexOf(role) + 1);
  }

  private String process(int lane, int stage, ShardRole role) {
    return plan.stages() == 1
        ? laneId(lane) + "-" + role.label()
        : laneId(lane) + "-stage-" + stage + "-" + role.label();
  }

  private Path laneFolder(int lane) {
    return folder.lanes().resolve(String.valueOf(lane));
  }

  private static String laneId(int lane) {
    return "lane-" + lane;
  }

  private ShardSet shards(int lane) {
    Path shards = Path.of(plan.lanes().get(lane - 1));
    return ShardSet.find(shards, plan.stages())
        .orElseThrow(() -> new LaunchException("there are no shards in " + shards));
  }

  private PublicPart publicPart(int lane) {
    return PublicPart.read(Path.of(plan.lanes().get(lane - 1)).resolve(PUBLIC_PART));
  }

  private List<NodeSeat> seats(Keyring keyring, int lane) throws IOException {
    ShardSet shards = shards(lane);
    PrivateFile.folder(laneFolder(lane));
    List<NodeSeat> seats = new ArrayList<>(); // stage by stage, in the order of roles
    for (ShardHeader header : shards.headers()) {
      int stage = header.stage().index();
      String process = process(lane, stage, header.role());
      Path keys = keyring.node(process);
      seats.add(
          new NodeSeat(
              process,
              laneId(lane),
              stage,
              role(header.role()),
              operator(lane, header.role()),
              identity(keys),
              shards.file(header.role(), stage),
              keys,
              laneFolder(lane).resolve("manifest.json"),
              "",
              PrivateFile.folder(laneFolder(lane).resolve(process))));
    }
    return seats;
  }

  private static Role role(ShardRole role) {
    return switch (role) {
      case DEALER -> Role.DEALER;
      case EVALUATOR_0 -> Role.EVALUATOR_0;
      case EVALUATOR_1 -> Role.EVALUATOR_1;
    };
  }

  private void sign(Keyring keyring, int lane, List<NodeSeat> seats, TrustRoots roots, Instant now)
      throws IOException {
    Path file = seats.getFirst().manifest();
    Manifest wanted = manifest(lane, seats, now.plus(VALID));
    if (Files.exists(file) && stillGood(file, wanted, roots, now)) {
      return;
    }
    SignedManifest signed =
        SignedManifest.unsigned(wanted)
            .signed(Party.PUBLISHER, PUBLISHER, keyring.signer("publishers", PUBLISHER));
    for (String operator : wanted.operators()) {
      signed = signed.signed(Party.OPERATOR, operator, keyring.signer("operators", operator));
    }
    PrivateFile.write(file, signed.encode());
  }

  private static boolean stillGood(Path file, Manifest wanted, TrustRoots roots, Instant now)
      throws IOException {
    try {
      Manifest there =
          SignedManifest.decode(Files.readAllBytes(file)).verified(roots, now.plus(RENEWED));
      return there.laneId().equals(wanted.laneId())
          && there.modelDigest().equals(wanted.modelDigest())
          && there.tokenizerDigest().equals(wanted.tokenizerDigest())
          && there.templateDigest().equals(wanted.templateDigest())
          && there.stages().equals(wanted.stages());
    } catch (BadMessage e) {
      return false; // whatever it is, it is signed again
    }
  }

  private Manifest manifest(int lane, List<NodeSeat> seats, Instant expires) throws IOException {
    PublicPart part = publicPart(lane);
    ShardSet shards = shards(lane);
    if (!shards.headers().getFirst().lane().equals(laneId(lane))) {
      throw new LaunchException(
          "the shards in %s are cut for %s, not for %s"
              .formatted(shards.folder(), shards.headers().getFirst().lane(), laneId(lane)));
    }
    List<ManifestStage> stages = new ArrayList<>();
    int roles = Role.values().length;
    for (int stage = 0; stage < plan.stages(); stage++) {
      var range = shards.headers().get(roles * stage).stage();
      stages.add(
          new ManifestStage(
              range.firstLayer(),
              range.endLayer() - 1,
              node(seats.get(roles * stage)),
              node(seats.get(roles * stage + 1)),
              node(seats.get(roles * stage + 2))));
    }
    return new Manifest(
        Manifest.VERSION,
        laneId(lane),
        part.modelDigest(),
        part.tokenizerDigest(),
        part.templateDigest(),
        PUBLISHER,
        expires.toEpochMilli(),
        stages);
  }

  private static ManifestNode node(NodeSeat seat) throws IOException {
    NodeKeys keys = NodeKeys.load(seat.keys());
    return new ManifestNode(
        seat.operator(), keys.identity().key().hex(), keys.sealKeys().publicKey().base64());
  }

  /** The model's public part, where the gateway looks for it; no other model is served now. */
  public void publish() throws IOException {
    try (DirectoryStream<Path> models = Files.newDirectoryStream(folder.models())) {
      for (Path model : models) {
        if (!model.getFileName().toString().equals(plan.model())) {
          Files.deleteIfExists(model.resolve(PUBLIC_PART));
          Files.delete(model);
        }
      }
    }
    Path target = PrivateFile.folder(folder.models().resolve(plan.model())).resolve(PUBLIC_PART);
    PrivateFile.write(
        target, Files.readAllBytes(Path.of(plan.lanes().getFirst()).resolve(PUBLIC_PART)));
  }
}
