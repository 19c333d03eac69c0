package dev.sotto.client.platform;

import dev.sotto.client.platform.JobRefused.Kind;
import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Check;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.manifest.SignedManifest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON of the sealed API, as the enclave's end writes and reads it. */
final class SealedJson {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MOST_WORDS = 512;

  /** A model's name. */
  static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,127}");

  private SealedJson() {}

  static byte[] open(JobRequest request) {
    return JSON.writeValueAsBytes(
        JSON.createObjectNode()
            .put("job_id", request.jobId().toString())
            .put("model", request.model())
            .put("protection", request.protection().label())
            .put("prompt_tokens", request.promptTokens())
            .put("max_tokens", request.maxTokens())
            .put("deadline", request.deadline().toEpochMilli()));
  }

  static Placement placement(byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
      List<SignedManifest> lanes = new ArrayList<>();
      for (JsonNode lane : json.path("lanes")) {
        lanes.add(SignedManifest.decode(JSON.writeValueAsBytes(lane)));
      }
      return new Placement(
          jobId(json.path("job_id").asString("")),
          protection(json.path("protection").asString("")),
          lanes);
    } catch (JacksonException | BadMessage e) {
      throw none("The gateway's placement is none: it is not what the sealed API defines.", e);
    }
  }

  static List<OfferedModel> models(byte[] body) {
    try {
      List<OfferedModel> models = new ArrayList<>();
      for (JsonNode model : JSON.readTree(body).path("data")) {
        JsonNode sotto = model.path("x_sotto");
        List<Protection> protections = new ArrayList<>();
        for (JsonNode label : sotto.path("protections")) {
          protections.add(protection(label.asString("")));
        }
        String digest = sotto.path("model_digest").asString("");
        Check.digest("model_digest", digest);
        String name = model.path("id").asString("");
        if (protections.isEmpty() || !MODEL.matcher(name).matches()) {
          throw new BadMessage("data", "must name models and their protections");
        }
        models.add(new OfferedModel(name, digest, protections));
      }
      return models;
    } catch (JacksonException | BadMessage e) {
      throw none("The gateway's list of models is none: it is not what Sotto's API defines.", e);
    }
  }

  static JobRefused badPublicPart(Exception cause) {
    return none("The gateway's public part of the model is none.", cause);
  }

  private static JobRefused none(String sentence, Exception cause) {
    JobRefused refused = new JobRefused(Kind.FAILED, "bad_gateway", sentence, false);
    refused.initCause(cause);
    return refused;
  }

  private static JobId jobId(String hex) {
    if (!hex.matches("[0-9a-f]{32}")) {
      throw new BadMessage("job_id", "must be 32 hexadecimal digits");
    }
    return new JobId(
        HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
  }

  private static Protection protection(String label) {
    for (Protection protection : Protection.values()) {
      if (protection.label().equals(label)) {
        return protection;
      }
    }
    throw new BadMessage("protection", "is none that this version knows");
  }

  /**
   * What a status and an error in OpenAI's shape mean; words of a stranger are bounded.
   *
   * @param shouldRetry the header {@code x-should-retry}, where there is one
   */
  static JobRefused refusal(int status, Optional<String> shouldRetry, byte[] body) {
    JsonNode error;
    try {
      error = Objects.requireNonNull(JSON.readTree(body)).path("error");
    } catch (JacksonException e) {
      error = JSON.createObjectNode();
    }
    Kind kind = kind(status);
    String code = error.path("code").asString("").toLowerCase(Locale.ROOT);
    if (!code.matches("[a-z0-9_]{1,64}")) {
      code = "http_" + status;
    }
    String words = error.path("message").asString("").replaceAll("\\p{C}+", " ").strip();
    String message =
        words.isEmpty()
            ? "The gateway answered with status %d.".formatted(status)
            : words.substring(0, Math.min(words.length(), MOST_WORDS));
    boolean usual = kind == Kind.LIMITED || kind == Kind.UNAVAILABLE;
    return new JobRefused(kind, code, message, shouldRetry.map("true"::equals).orElse(usual));
  }

  private static Kind kind(int status) {
    for (Kind kind : Kind.values()) {
      if (kind.status() == status) {
        return kind;
      }
    }
    return status >= 400 && status < 500 ? Kind.INVALID : Kind.FAILED;
  }
}
