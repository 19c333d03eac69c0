package dev.sotto.node.job;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.Usage;
import dev.sotto.contracts.seal.SealContext;
import dev.sotto.contracts.seal.SealContext.Direction;
import dev.sotto.node.NodeContext;

/** A node's place in its lane, as sealed messages name it. */
record Seat(String laneId, String manifestDigest, int stage, Role role) {
  static Seat of(NodeContext node) {
    Role role =
        switch (node.role()) {
          case DEALER -> Role.DEALER;
          case EVALUATOR_0 -> Role.EVALUATOR_0;
          case EVALUATOR_1 -> Role.EVALUATOR_1;
        };
    return new Seat(node.lane().laneId(), node.lane().digest(), node.stage().index(), role);
  }

  SealContext about(Direction direction) {
    return new SealContext(direction, manifestDigest, stage, role);
  }

  PartialResult result(JobId job, long serial, Usage usage, PartialResult.Outcome outcome) {
    return new PartialResult(job, laneId, stage, role, serial, usage, outcome);
  }
}
