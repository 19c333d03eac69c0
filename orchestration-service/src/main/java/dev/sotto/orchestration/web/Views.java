package dev.sotto.orchestration.web;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.job.JobState;
import dev.sotto.orchestration.lane.LaneState;
import dev.sotto.orchestration.lane.LaneView;
import dev.sotto.orchestration.lane.NodeView;
import dev.sotto.orchestration.lane.Said;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** What is shown: nothing of it says whose a job is or what it is about. */
final class Views {
  private Views() {}

  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Lane(
      String digest,
      String laneId,
      String modelDigest,
      LaneState state,
      int context,
      int slots,
      long expiresAt,
      Collection<String> operators) {
    static Lane of(LaneView lane) {
      return new Lane(
          lane.digest(),
          lane.manifest().laneId(),
          lane.manifest().modelDigest(),
          lane.state(),
          lane.context(),
          lane.slots(),
          lane.manifest().expiresAt(),
          lane.manifest().operators());
    }
  }

  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Node(
      String identity,
      String operator,
      String lane,
      int stage,
      Role role,
      String host,
      int port,
      int context,
      int slots,
      NodeAnnounced.State state,
      long startedAt,
      boolean alive,
      boolean revoked) {
    static Node of(NodeView node) {
      return new Node(
          node.identity(),
          node.operator(),
          node.lane(),
          node.stage(),
          node.role(),
          node.host(),
          node.port(),
          node.context(),
          node.slots(),
          node.state(),
          node.startedAt(),
          node.alive(),
          node.revoked());
    }
  }

  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Refused(String identity, String lane, String why) {
    static Refused of(Said.Refused refused) {
      return new Refused(refused.identity(), refused.lane(), refused.why());
    }
  }

  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Nodes(List<Node> nodes, List<Refused> refused) {}

  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record JobStatus(
      String id,
      JobState state,
      long since,
      long deadline,
      Protection protection,
      List<String> lanes,
      int promptTokens,
      int maxTokens,
      int stepsSent,
      int stepsFinished) {
    static JobStatus of(Job job) {
      return new JobStatus(
          job.id(),
          job.state(),
          job.since(),
          job.asked().deadline(),
          job.asked().protection(),
          job.lanes(),
          job.asked().promptTokens(),
          job.asked().maxTokens(),
          job.progress().sent(),
          job.progress().finished());
    }
  }

  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Queue(Map<JobState, Long> jobs, boolean acting) {}

  record Revocation(String reason) {}

  record Problem(String message) {}
}
