package dev.sotto.embedded.control;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the orchestration says of lanes and jobs, on its internal pages. */
public final class Orchestration {
  private final Probe probe;
  private final URI address;

  /** At an address. */
  public Orchestration(Probe probe, URI address) {
    this.probe = probe;
    this.address = address;
  }

  /** For each lane that it knows: why no job is placed on it, or nothing if jobs are. */
  public Map<String, String> amissByLane() {
    Map<String, String> lanes = new TreeMap<>();
    page("/internal/lanes")
        .ifPresent(
            page -> {
              for (JsonNode lane : page.path("lanes")) {
                lanes.put(lane.path("id").asString(""), lane.path("state").asString(""));
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
        .get(address.resolve(path))
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
