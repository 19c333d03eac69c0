package dev.sotto.cli.lane.testing;

import dev.sotto.client.lane.TokenKeys;
import dev.sotto.contracts.CallerKind;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Lane;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.StepRequest;
import dev.sotto.links.Frame;
import dev.sotto.links.IdentityKey;
import dev.sotto.links.Link;
import dev.sotto.links.NodeIdentity;
import dev.sotto.links.SealedFrames;
import dev.sotto.node.Node;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A caller who speaks to the nodes of a lane of one stage frame by frame, and may say anything. */
public final class RawJob implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final JobOpen open;
  private final long session;
  private final Map<Role, SealedFrames> links = new EnumMap<>(Role.class);

  /** Connects to some roles; says nothing yet. */
  public RawJob(Lane lane, NodeIdentity self, JobOpen open, Role... roles) {
    this.open = open;
    this.session = ByteBuffer.wrap(open.hash()).getLong();
    for (Role role : roles) {
      LaneNode node = lane.stages().getFirst().node(role);
      Link link =
          Link.connect(
              new InetSocketAddress(node.host(), node.port()),
              self,
              new IdentityKey(node.identity()),
              Node.linkSettings());
      links.put(role, SealedFrames.over(link));
    }
  }

  /** A job at all roles, opened and ready. */
  public static RawJob ready(Lane lane, NodeIdentity self, JobOpen open) {
    RawJob job = new RawJob(lane, self, open, Role.values());
    for (Role role : Role.values()) {
      job.send(role, CallerKind.OPEN, 0, open.encode());
    }
    for (Role role : Role.values()) {
      Frame f = job.receive(role);
      if (f.kind() != CallerKind.READY.code()) {
        throw new AssertionError(role + " is not ready: " + Failure.decode(f.copy()).sentence());
      }
    }
    return job;
  }

  /** The six keys of a token, by role. */
  public static Map<Role, List<Octets>> keys(int token, SecureRandom random) {
    return new TokenKeys(SmallModel.VOCAB, random).of(token);
  }

  /** The steps' requests for these tokens, by role. */
  public Map<Role, StepRequest> step(int serial, int position, int... tokens) {
    SecureRandom random = new SecureRandom();
    Map<Role, List<Octets>> keys = new EnumMap<>(Role.class);
    for (int token : tokens) {
      keys(token, random)
          .forEach((role, two) -> keys.computeIfAbsent(role, r -> new ArrayList<>()).addAll(two));
    }
    Map<Role, StepRequest> all = new EnumMap<>(Role.class);
    keys.forEach(
        (role, own) ->
            all.put(role, new StepRequest(open.jobId(), serial, position, tokens.length, own)));
    return all;
  }

  private SealedFrames link(Role role) {
    return Objects.requireNonNull(links.get(role));
  }

  public void send(Role role, CallerKind kind, int step, byte[] bytes) {
    send(role, kind.code(), session, step, bytes);
  }

  public void send(Role role, int kind, long inSession, int step, byte[] bytes) {
    link(role).send(kind, inSession, step, bytes, 0, bytes.length);
  }

  /** The next frame of a role. */
  public Frame receive(Role role) {
    return link(role).receive(SOON);
  }

  /** The results of a step at all roles, as they came. */
  public Map<Role, byte[]> results(Map<Role, StepRequest> requests) {
    Map<Role, byte[]> results = new EnumMap<>(Role.class);
    requests.forEach(
        (role, r) -> send(role, CallerKind.STEP, Math.toIntExact(r.serial()), r.encode()));
    for (Role role : requests.keySet()) {
      Frame f = receive(role);
      if (f.kind() != CallerKind.RESULT.code()) {
        throw new AssertionError(role + ": " + Failure.decode(f.copy()).sentence());
      }
      results.put(role, f.copy());
    }
    return results;
  }

  /** The failure that a role is due to report. */
  public Failure failure(Role role) {
    while (true) {
      Frame f = receive(role);
      if (f.kind() == CallerKind.FAILURE.code()) {
        return Failure.decode(f.copy());
      }
    }
  }

  @Override
  public void close() {
    links.values().forEach(SealedFrames::close);
  }
}
