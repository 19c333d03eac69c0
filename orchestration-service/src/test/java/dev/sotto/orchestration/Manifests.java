package dev.sotto.orchestration;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.SignedManifest.Party;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.manifest.TrustRoots;
import dev.sotto.contracts.node.NodeSigner;
import dev.sotto.contracts.seal.SealKeyPair;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Publishers, operators and lanes with real keys. */
public final class Manifests {
  /** A model. */
  public static final String MODEL = "ab".repeat(32);

  /** Manifests that are valid for as long as any test runs. */
  public static final long LATER = 4_000_000_000_000L;

  // All nodes' keys, by identity: who has a manifest can speak for its nodes.
  private static final Map<String, SigningKey> NODES = new ConcurrentHashMap<>();
  private static final AtomicLong WORDS = new AtomicLong();

  // Sealing is not what is tested here, and such a key takes long to make: one serves all nodes.
  private static final String SEAL_KEY = SealKeyPair.create().publicKey().base64();

  private final SigningKey publisher = SigningKey.create();
  private final Map<String, SigningKey> operators = new ConcurrentHashMap<>();

  /** A lane of one stage whose operators are {@code prefix-dealer} and so on. */
  public SignedManifest lane(String laneId, String operatorPrefix) {
    return lane(laneId, operatorPrefix, LATER);
  }

  /** Likewise, valid until {@code expiresAt}. */
  public SignedManifest lane(String laneId, String operatorPrefix, long expiresAt) {
    return lane(MODEL, laneId, operatorPrefix, expiresAt);
  }

  /** Likewise, of a model. */
  public SignedManifest lane(String model, String laneId, String operatorPrefix, long expiresAt) {
    ManifestStage stage =
        new ManifestStage(
            0,
            3,
            node(operatorPrefix, Role.DEALER),
            node(operatorPrefix, Role.EVALUATOR_0),
            node(operatorPrefix, Role.EVALUATOR_1));
    return sign(model, laneId, expiresAt, stage);
  }

  /** A lane of stages. */
  public SignedManifest sign(String laneId, long expiresAt, ManifestStage... stages) {
    return sign(MODEL, laneId, expiresAt, stages);
  }

  private SignedManifest sign(
      String model, String laneId, long expiresAt, ManifestStage... stages) {
    Manifest manifest =
        new Manifest(
            Manifest.VERSION,
            laneId,
            model,
            "cd".repeat(32),
            "ef".repeat(32),
            "publisher",
            expiresAt,
            List.of(stages));
    SignedManifest signed =
        SignedManifest.unsigned(manifest).signed(Party.PUBLISHER, "publisher", publisher);
    for (String operator : manifest.operators()) {
      signed = signed.signed(Party.OPERATOR, operator, key(operator));
    }
    return signed;
  }

  /** A node with a fresh identity. */
  public ManifestNode node(String operatorPrefix, Role role) {
    String operator = operatorPrefix + "-" + role.label();
    key(operator);
    SigningKey identity = SigningKey.create();
    NODES.put(identity.publicHex(), identity);
    return new ManifestNode(operator, identity.publicHex(), SEAL_KEY);
  }

  /** Operators whose keys are to be pinned before their lanes are made. */
  public Manifests withOperators(String... prefixes) {
    for (String prefix : prefixes) {
      for (Role role : Role.values()) {
        key(prefix + "-" + role.label());
      }
    }
    return this;
  }

  private SigningKey key(String operator) {
    return operators.computeIfAbsent(operator, name -> SigningKey.create());
  }

  /** What pins all keys so far. */
  public TrustRoots roots() {
    Map<String, String> pinned = new TreeMap<>();
    operators.forEach((name, key) -> pinned.put(name, key.publicHex()));
    return new TrustRoots(Map.of("publisher", publisher.publicHex()), pinned);
  }

  /** What a lane is, from what was signed. */
  public static Manifest read(SignedManifest signed) {
    return Manifest.decode(java.util.Base64.getDecoder().decode(signed.manifest()));
  }

  /** What the node in a seat says. */
  public static NodeAnnounced says(
      SignedManifest lane, int stage, Role role, NodeAnnounced.State state, long startedAt) {
    ManifestNode node = read(lane).stages().get(stage).node(role);
    return new NodeAnnounced(
            node.identity(),
            node.operator(),
            lane,
            stage,
            role,
            "127.0.0.1",
            4000,
            1000,
            512,
            4,
            state,
            startedAt,
            startedAt + WORDS.incrementAndGet()) // each later than the ones before
        .signed(signer(node.identity()));
  }

  /** Signs as a node of any of these manifests. */
  public static NodeSigner signer(String identity) {
    return Objects.requireNonNull(NODES.get(identity))::sign;
  }
}
