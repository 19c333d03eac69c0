package dev.sotto.verification.testing;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.seal.SealKeyPair;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A lane's manifest; who signed it is for callers and nodes to check, not here. */
public final class Lane {
  private static final Map<String, SigningKey> KEYS = new ConcurrentHashMap<>();

  private Lane() {}

  public static SignedManifest manifest(String laneId) {
    return SignedManifest.unsigned(
        new Manifest(
            Manifest.VERSION,
            laneId,
            "a".repeat(64),
            "b".repeat(64),
            "c".repeat(64),
            "publisher",
            4_000_000_000_000L,
            List.of(
                new ManifestStage(
                    0,
                    1,
                    node(laneId, Role.DEALER),
                    node(laneId, Role.EVALUATOR_0),
                    node(laneId, Role.EVALUATOR_1)))));
  }

  private static ManifestNode node(String laneId, Role role) {
    return new ManifestNode(
        laneId + "-" + role.label(),
        key(laneId, role).publicHex(),
        SealKeyPair.create().publicKey().base64());
  }

  /** The key of a lane's node. */
  public static SigningKey key(String laneId, Role role) {
    return KEYS.computeIfAbsent(laneId + "/" + role, node -> SigningKey.create());
  }
}
