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

/** Signed lanes and sealed messages whose content nobody here reads. */
public final class Lanes {
  public static final String LANE = "lane-1";
  private static final SecureRandom RANDOM = new SecureRandom();

  private Lanes() {}

  public static SignedManifest lane() {
    ManifestStage stage = new ManifestStage(0, 1, node("a"), node("b"), node("c"));
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

  private static ManifestNode node(String operator) {
    return new ManifestNode(
        operator, SigningKey.create().publicHex(), SealKeyPair.create().publicKey().base64());
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
    return new PartialResult(
        step.jobId(),
        part.laneId(),
        part.stage(),
        part.role(),
        step.serial(),
        Usage.NONE,
        new PartialResult.Outcome.Sealed(octets(step.serial() == 0 ? 1120 : 0), octets(80)));
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
