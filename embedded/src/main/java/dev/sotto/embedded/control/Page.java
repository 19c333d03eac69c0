package dev.sotto.embedded.control;

import dev.sotto.platform.internal.InternalToken;
import java.net.URI;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Internal pages of a service. */
record Page(Probe probe, URI address, InternalToken token) {
  /** Sends JSON to a path; whether it was taken. */
  boolean post(String path, String json) {
    return probe
        .post(
            address.resolve(path),
            json,
            InternalToken.HEADER,
            token.value(),
            "content-type",
            "application/json")
        .filter(answer -> answer.status() < 300)
        .isPresent();
  }

  /** The page at a path; empty unless it is there and is JSON. */
  Optional<JsonNode> read(String path) {
    return probe
        .get(address.resolve(path), InternalToken.HEADER, token.value())
        .filter(answer -> answer.status() == 200)
        .flatMap(
            answer -> {
              try {
                return Optional.of(JsonMapper.shared().readTree(answer.body()));
              } catch (JacksonException e) {
                return Optional.empty();
              }
            });
  }
}
