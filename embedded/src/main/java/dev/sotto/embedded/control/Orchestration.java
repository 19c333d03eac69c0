package dev.sotto.embedded.control;

import dev.sotto.platform.internal.InternalToken;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the orchestration says of lanes and jobs, on its internal pages. */
public final class Orchestration {
  private static final String TAKES_JOBS = "ALIVE";

  private final Probe probe;
  private final URI address;
  private final InternalToken token;

  /** At an address, which is shown a token. */
  public Orchestration(Probe probe, URI address, InternalToken token) {
    this.probe = probe;
    this.address = address;
    this.token = token;
  }

  /**
   * For each lane that it knows, by the digest of its manifest: why no job is placed on it, or
   * nothing if jobs are.
   */
  public Map<String, String> amissByLane() {
    Map<String, String> lanes = new TreeMap<>();
    page("/internal/lanes")
        .ifPresent(
            page -> {
              for (JsonNode lane : page) {
                String state = lane.path("state").asString("");
                lanes.put(
                    lane.path("digest").asString(""),
                    state.equals(TAKES_JOBS) ? "" : state.toLowerCase(Locale.ROOT));
              }
            });
    return lanes;
  }

  /** How many jobs are in which state; empty while it does not answer. */
  public Map<String, Long> jobs() {
    Map<String, Long> jobs = new TreeMap<>();
    page("/internal/queue")
        .ifPresent(
            page ->
                page.path("jobs")
                    .properties()
                    .forEach(entry -> jobs.put(entry.getKey(), entry.getValue().asLong())));
    return jobs;
  }

  private Optional<JsonNode> page(String path) {
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
