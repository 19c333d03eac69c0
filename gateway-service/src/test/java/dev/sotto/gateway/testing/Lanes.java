package dev.sotto.gateway.testing;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.SealedPart;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.seal.SealKeyPair;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Signed lanes and sealed messages whose content nobody here reads. */
public final class Lanes {
  public static final String LANE = "lane-1";
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final Map<Role, SigningKey> NODES = new ConcurrentHashMap<>();
  private static final SignedManifest SIGNED = make();

  private Lanes() {}

  /** The lane whose nodes' keys are here. */
  public static SignedManifest lane() {
    return SIGNED;
  }

  private static SignedManifest make() {
    ManifestStage stage =
        new ManifestStage(0, 1, node(Role.DEALER), node(Role.EVALUATOR_0), node(Role.EVALUATOR_1));
    Manifest manifest =
        new Manifest(
            Manifest.VERSION,
            LANE,
            "ab".repeat(32),
            "cd".repeat(32),
            "ef".repeat(32),
            "publisher",
            4_000_000_000_000L,
            List.of(stage));
    return SignedManifest.unsigned(manifest)
        .signed(SignedManifest.Party.PUBLISHER, "publisher", SigningKey.create());
  }

  private static ManifestNode node(Role role) {
    return new ManifestNode(
        role.label(), key(role).publicHex(), SealKeyPair.create().publicKey().base64());
  }

  private static SigningKey key(Role role) {
    return NODES.computeIfAbsent(role, r -> SigningKey.create());
  }

  /** As the node that it names would say it. */
  public static PartialResult signed(PartialResult result) {
    SigningKey key = key(result.role());
    return result.signed(key.publicHex(), SIGNED.digest(), key::sign);
  }

  public static JobId job() {
    return JobId.random(RANDOM);
  }

  /** A step for the lane's three nodes; sealed bytes are random. */
  public static SealedStep step(JobId job, long serial) {
    List<SealedPart> parts = new ArrayList<>();
    for (Role role : Role.values()) {
      parts.add(new SealedPart(LANE, 0, role, octets(serial == 0 ? 1120 : 0), octets(64)));
    }
    return new SealedStep(job, serial, 1, parts);
  }

  /** What a node answers to its part. */
  public static PartialResult result(SealedStep step, SealedPart part) {
    return signed(
        new PartialResult(
            step.jobId(),
            part.laneId(),
            part.stage(),
            part.role(),
            step.serial(),
            Usage.NONE,
            new PartialResult.Outcome.Sealed(octets(step.serial() == 0 ? 1120 : 0), octets(80))));
  }

  public static List<PartialResult> results(SealedStep step) {
    return step.parts().stream().map(part -> result(step, part)).toList();
  }

  private static Octets octets(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return Octets.wrap(bytes);
  }
}
