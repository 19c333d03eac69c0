package dev.sotto.client.platform;

import dev.sotto.models.text.PublicPart;

/**
 * What an enclave uses of a model, by digest: a lane that was signed for another is refused.
 *
 * @param vocab tokens of its vocabulary
 * @param modelDigest the model, SHA-256 as 64 hexadecimal digits
 * @param tokenizerDigest its tokenizer, likewise
 * @param templateDigest its chat template, likewise
 */
public record ModelPin(
    int vocab, String modelDigest, String tokenizerDigest, String templateDigest) {
  /** Of the public part that the enclave has. */
  public static ModelPin of(PublicPart part) {
    return new ModelPin(
        part.config().vocab(), part.modelDigest(), part.tokenizerDigest(), part.templateDigest());
  }
}
