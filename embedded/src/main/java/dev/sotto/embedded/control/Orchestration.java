package dev.sotto.embedded.control;

import dev.sotto.platform.internal.InternalToken;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** What the orchestration says of lanes and jobs, on its internal pages. */
public final class Orchestration {
  private static final String TAKES_JOBS = "ALIVE";

  private final Page page;

  /** At an address, which is shown a token. */
  public Orchestration(Probe probe, URI address, InternalToken token) {
    this.page = new Page(probe, address, token);
  }

  /**
   * For each lane that it knows, by the digest of its manifest: why no job is placed on it, or
   * nothing if jobs are.
   */
  public Map<String, String> amissByLane() {
    Map<String, String> lanes = new TreeMap<>();
    page.read("/internal/lanes")
        .ifPresent(
            lanesThere -> {
              for (JsonNode lane : lanesThere) {
                String state = lane.path("state").asString("");
                lanes.put(
                    lane.path("digest").asString(""),
                    state.equals(TAKES_JOBS) ? "" : state.toLowerCase(Locale.ROOT));
              }
            });
    return lanes;
  }

  /**
   * A node gets no job from now on, and those that it has end. Whether it was taken note of.
   *
   * @param identity its key
   */
  public boolean revoke(String identity) {
    return page.post("/internal/nodes/" + identity + "/revoke", "{\"reason\":\"by its operator\"}");
  }

  /** How many jobs are in which state; empty while it does not answer. */
  public Map<String, Long> jobs() {
    Map<String, Long> jobs = new TreeMap<>();
    page.read("/internal/queue")
        .ifPresent(
            queue ->
                queue
                    .path("jobs")
                    .properties()
                    .forEach(entry -> jobs.put(entry.getKey(), entry.getValue().asLong())));
    return jobs;
  }
}
