package dev.sotto.contracts.manifest;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Check;
import dev.sotto.contracts.Lane;
import dev.sotto.contracts.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a lane is.
 *
 * @param version of the format: {@value #VERSION}
 * @param laneId the lane's name
 * @param modelDigest the model, SHA-256 as 64 hexadecimal digits
 * @param tokenizerDigest of the tokenizer that callers must use, likewise
 * @param templateDigest of the chat template that callers must use, likewise
 * @param publisher whose model it is
 * @param expiresAt after this nobody may use it; milliseconds of the epoch
 * @param stages 1 … 256, their layers from 0 on without gap or overlap. No operator, and no
 *     identity, holds two roles over all of them; no identity has two operators
 */
public record Manifest(
    int version,
    String laneId,
    String modelDigest,
    String tokenizerDigest,
    String templateDigest,
    String publisher,
    long expiresAt,
    List<ManifestStage> stages) {
  /** The format that this code reads and writes. */
  public static final int VERSION = 1;

  private static final long LAST_MILLIS = 253_402_300_799_999L; // the year 9999 ends

  /** BadMessage when a field breaks its rule. */
  public Manifest {
    Check.range("Manifest.version", version, VERSION, VERSION);
    Check.name("Manifest.laneId", laneId);
    Check.digest("Manifest.modelDigest", modelDigest);
    Check.digest("Manifest.tokenizerDigest", tokenizerDigest);
    Check.digest("Manifest.templateDigest", templateDigest);
    Check.name("Manifest.publisher", publisher);
    Check.range("Manifest.expiresAt", expiresAt, 1, LAST_MILLIS);
    if (stages.stream().anyMatch(Objects::isNull)) {
      throw new BadMessage("Manifest.stages", "must not hold null");
    }
    stages = List.copyOf(stages);
    Check.range("Manifest.stages", stages.size(), 1, Lane.MAX_STAGES);
    int layer = 0;
    for (ManifestStage stage : stages) {
      if (stage.firstLayer() != layer) {
        throw new BadMessage("Manifest.firstLayer", "must follow on the stage before, from 0 on");
      }
      layer = stage.lastLayer() + 1;
    }
    separateRoles(stages);
  }

  private static void separateRoles(List<ManifestStage> stages) {
    Map<String, Role> operators = new HashMap<>();
    Map<String, Role> identities = new HashMap<>();
    Map<String, String> owners = new HashMap<>();
    for (ManifestStage stage : stages) {
      for (Role role : Role.values()) {
        ManifestNode node = stage.node(role);
        Role held = operators.putIfAbsent(node.operator(), role);
        if (held != null && held != role) {
          throw new BadMessage("Manifest.operator", "must not hold two roles of a lane");
        }
        held = identities.putIfAbsent(node.identity(), role);
        if (held != null && held != role) {
          throw new BadMessage("Manifest.identity", "must not hold two roles of a lane");
        }
        String owner = owners.putIfAbsent(node.identity(), node.operator());
        if (owner != null && !owner.equals(node.operator())) {
          throw new BadMessage("Manifest.identity", "must not have two operators");
        }
      }
    }
  }

  /** Everybody who runs a node of it. */
  public Set<String> operators() {
    Set<String> all = new TreeSet<>();
    for (ManifestStage stage : stages) {
      for (Role role : Role.values()) {
        all.add(stage.node(role).operator());
      }
    }
    return all;
  }

  /** The keys of all its nodes. */
  public Set<String> identities() {
    Set<String> all = new TreeSet<>();
    for (ManifestStage stage : stages) {
      for (Role role : Role.values()) {
        all.add(stage.node(role).identity());
      }
    }
    return all;
  }

  /** The bytes that are signed. */
  public byte[] encode() {
    return StrictMapper.write(this);
  }

  /** The manifest in signed bytes; BadMessage, naming the field, for anything else. */
  public static Manifest decode(byte[] encoding) {
    return StrictMapper.read(encoding, Manifest.class);
  }
}
