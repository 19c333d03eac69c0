package dev.sotto.openai.answer;

import dev.sotto.contracts.Protection;
import dev.sotto.openai.EnclavePlace;
import dev.sotto.openai.ServedModel;

/**
 * What is known of an answer before it is there.
 *
 * @param id 32 hexadecimal digits, fresh; endpoints put their own word before it
 * @param created seconds of the epoch
 * @param model whose answer
 * @param protection what its jobs are given
 * @param place where the enclave is
 * @param promptTokens of all prompts
 */
public record AnswerFacts(
    String id,
    long created,
    ServedModel model,
    Protection protection,
    EnclavePlace place,
    int promptTokens) {
  /** As answers show it. */
  public SottoFacts sotto() {
    return new SottoFacts(protection.label(), place.label());
  }

  /** Names the exact model: the beginning of its digest. */
  public String fingerprint() {
    return "fp_" + model.pin().modelDigest().substring(0, 10);
  }
}
