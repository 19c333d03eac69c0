package dev.sotto.openai.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.contracts.Protection;
import dev.sotto.openai.EnclavePlace;
import dev.sotto.openai.ServedModel;
import java.util.List;

/**
 * A model that may be named.
 *
 * @param id its name
 * @param object always {@code model}
 * @param created since when it is served; seconds of the epoch
 * @param ownedBy always {@code sotto}
 * @param sotto how it is computed
 */
public record ModelBody(
    String id,
    String object,
    long created,
    @JsonProperty("owned_by") String ownedBy,
    @JsonProperty("x_sotto") Facts sotto) {
  /**
   * How a model is computed; not part of OpenAI's API.
   *
   * @param protection what its jobs are given unless a request asks for another
   * @param protections what they may be given
   * @param enclave where prompts exist in plain form
   * @param context most tokens of a prompt and its answer together
   * @param modelDigest the model, SHA-256 as hexadecimal digits
   */
  public record Facts(
      String protection,
      List<String> protections,
      String enclave,
      int context,
      @JsonProperty("model_digest") String modelDigest) {}

  /**
   * All of them.
   *
   * @param object always {@code list}
   * @param data the models
   */
  public record All(String object, List<ModelBody> data) {}

  static ModelBody of(ServedModel model, EnclavePlace place) {
    return new ModelBody(
        model.name(),
        "model",
        model.created().getEpochSecond(),
        "sotto",
        new Facts(
            model.protections().getFirst().label(),
            model.protections().stream().map(Protection::label).toList(),
            place.label(),
            model.context(),
            model.pin().modelDigest()));
  }
}
