package dev.sotto.openai.answer;

import dev.sotto.contracts.Protection;
import dev.sotto.openai.EnclavePlace;
import dev.sotto.openai.ServedModel;
import java.util.List;

/**
 * What is known of an answer before it is there.
 *
 * @param id 32 hexadecimal digits, fresh; endpoints put their own word before it
 * @param created seconds of the epoch
 * @param model whose answer
 * @param protection what its jobs are given
 * @param place where the enclave is
 * @param promptTokens of all prompts
 * @param jobs ids of its jobs so far; more may come
 */
public record AnswerFacts(
    String id,
    long created,
    ServedModel model,
    Protection protection,
    EnclavePlace place,
    int promptTokens,
    List<String> jobs) {
  /** As answers show it. */
  public SottoFacts sotto() {
    return new SottoFacts(protection.label(), place.label(), List.copyOf(jobs));
  }

  /** Names the exact model: the beginning of its digest. */
  public String fingerprint() {
    return "fp_" + model.pin().modelDigest().substring(0, 10);
  }
}
