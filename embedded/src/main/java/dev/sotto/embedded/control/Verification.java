package dev.sotto.embedded.control;

import dev.sotto.platform.internal.InternalToken;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** What audits say of nodes, as the verification adds it up on an internal page. */
public final class Verification {
  private final Page page;

  /**
   * What is known of a node.
   *
   * @param audits of lanes that it was in
   * @param failed of those, where the lane's answer was wrong
   */
  public record Reputation(long audits, long failed) {
    /** Of who was never audited. */
    public static final Reputation NONE = new Reputation(0, 0);
  }

  /** At an address, which is shown a token. */
  public Verification(Probe probe, URI address, InternalToken token) {
    this.page = new Page(probe, address, token);
  }

  /** By identity; empty while nobody answers. */
  public Map<String, Reputation> reputations() {
    Map<String, Reputation> all = new TreeMap<>();
    Optional<JsonNode> answer = page.read("/internal/reputation");
    answer.ifPresent(
        nodes -> {
          for (JsonNode node : nodes) {
            all.put(
                node.path("identity").asString(""),
                new Reputation(node.path("audits").asLong(0), node.path("failed").asLong(0)));
          }
        });
    return all;
  }
}
