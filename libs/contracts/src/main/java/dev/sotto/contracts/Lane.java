package dev.sotto.contracts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who computes a model, and where: all roles of all stages. A file in JSON, the manifest's
 * precursor; it is not signed.
 *
 * @param version of the format: {@value #VERSION}
 * @param modelDigest the model, SHA-256 as 64 hexadecimal digits
 * @param laneId the lane's name
 * @param stages 1 … {@value #MAX_STAGES}, their layers from 0 on without gap or overlap. No
 *     operator, and no identity, holds two roles over all of them; no identity has two operators
 */
public record Lane(int version, String modelDigest, String laneId, List<LaneStage> stages) {
  /** The format that this code reads and writes. */
  public static final int VERSION = 1;

  /** The most stages. */
  public static final int MAX_STAGES = 256;

  /** The longest file, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxDocumentLength(MAX_BYTES)
                          .maxNestingDepth(8)
                          .maxStringLength(1024)
                          .maxNameLength(64)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  /** BadMessage when a field breaks its rule. */
  public Lane {
    Check.range("Lane.version", version, VERSION, VERSION);
    Check.digest("Lane.modelDigest", modelDigest);
    Check.name("Lane.laneId", laneId);
    if (stages.stream().anyMatch(Objects::isNull)) {
      throw new BadMessage("Lane.stages", "must not hold null");
    }
    stages = List.copyOf(stages);
    Check.range("Lane.stages", stages.size(), 1, MAX_STAGES);
    int layer = 0;
    for (LaneStage stage : stages) {
      if (stage.firstLayer() != layer) {
        throw new BadMessage("Lane.firstLayer", "must follow on the stage before, from 0 on");
      }
      layer = stage.lastLayer() + 1;
    }
    separateRoles(stages);
  }

  private static void separateRoles(List<LaneStage> stages) {
    Map<String, Role> operators = new HashMap<>();
    Map<String, Role> identities = new HashMap<>();
    Map<String, String> owners = new HashMap<>();
    for (LaneStage stage : stages) {
      for (Role role : Role.values()) {
        LaneNode node = stage.node(role);
        Role held = operators.putIfAbsent(node.operator(), role);
        if (held != null && held != role) {
          throw new BadMessage("Lane.operator", "must not hold two roles of a lane");
        }
        held = identities.putIfAbsent(node.identity(), role);
        if (held != null && held != role) {
          throw new BadMessage("Lane.identity", "must not hold two roles of a lane");
        }
        String owner = owners.putIfAbsent(node.identity(), node.operator());
        if (owner != null && !owner.equals(node.operator())) {
          throw new BadMessage("Lane.identity", "must not have two operators");
        }
      }
    }
  }

  /**
   * SHA-256 over the model and who computes what, as 64 hexadecimal digits: equal for those who
   * mean the same lane. Where nodes listen is no part of it, as in a manifest.
   */
  public String digest() {
    StringBuilder text = new StringBuilder("sotto/lane/" + version + "\n");
    text.append(modelDigest).append('\n').append(laneId).append('\n');
    for (LaneStage stage : stages) {
      text.append(stage.firstLayer()).append('-').append(stage.lastLayer()).append('\n');
      for (Role role : Role.values()) {
        LaneNode node = stage.node(role);
        text.append(role.label()).append(' ').append(node.identity()).append(' ');
        text.append(node.operator()).append('\n');
      }
    }
    try {
      byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  /** The lane in a file's bytes; BadMessage, naming the field, for anything else. */
  public static Lane fromJson(byte[] json) {
    if (json.length > MAX_BYTES) {
      throw new BadMessage("Lane", "is longer than " + MAX_BYTES + " bytes");
    }
    try {
      Lane lane = JSON.readValue(json, Lane.class);
      if (lane == null) {
        throw new BadMessage("Lane", "is null");
      }
      return lane;
    } catch (DatabindException e) {
      if (e.getCause() instanceof BadMessage bad) {
        throw bad;
      }
      throw new BadMessage("Lane" + path(e), "is missing, unknown or of the wrong type");
    } catch (JacksonException e) {
      throw new BadMessage("Lane", "is not well-formed JSON within its bounds");
    }
  }

  /** As a file's bytes. */
  public byte[] toJson() {
    return JSON.writeValueAsBytes(this);
  }

  private static String path(DatabindException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      String name = step.getPropertyName();
      path.append(name == null ? "[" + step.getIndex() + "]" : "." + printable(name));
    }
    return path.toString();
  }

  /** An unknown field's name is the file's own text: only as much of it as is safe to show. */
  private static String printable(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9_-]", "?");
    return safe.length() <= 40 ? safe : safe.substring(0, 40) + "…";
  }
}
