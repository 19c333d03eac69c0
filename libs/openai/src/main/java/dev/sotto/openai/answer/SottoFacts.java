package dev.sotto.openai.answer;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What an answer says of how it was made; not part of OpenAI's API.
 *
 * @param protection what its jobs were given
 * @param enclave where the prompt existed in plain form
 */
public record SottoFacts(
    @JsonProperty(required = true) String protection,
    @JsonProperty(required = true) String enclave) {}
