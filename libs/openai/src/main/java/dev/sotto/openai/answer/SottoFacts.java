package dev.sotto.openai.answer;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What an answer says of how it was made; not part of OpenAI's API.
 *
 * @param protection what its jobs were given
 * @param enclave where the prompt existed in plain form
 * @param jobs ids of its jobs so far, 32 hexadecimal digits each: more than one where there are
 *     several answers, or where one went on after a lane had died
 */
public record SottoFacts(
    @JsonProperty(required = true) String protection,
    @JsonProperty(required = true) String enclave,
    @JsonProperty(required = true) List<String> jobs) {
  /** Copies. */
  public SottoFacts {
    jobs = List.copyOf(jobs);
  }
}
