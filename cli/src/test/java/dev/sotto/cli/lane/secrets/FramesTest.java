package dev.sotto.cli.lane.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.cli.lane.testing.InProcessLane;
import dev.sotto.cli.lane.testing.Interloper;
import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.Role;
import dev.sotto.links.NodeIdentity;
import dev.sotto.node.NodeSettings;
import dev.sotto.scan.MemoryScan;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Nothing of a prompt or of the weights is in any frame between the roles. */
class FramesTest {
  @Test
  void noFrameHoldsWhatItShouldNot() throws Exception {
    int[] ids = Canary.ids();
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    try (InProcessLane lane = InProcessLane.listen(SmallModel.shards(), NodeSettings.DEFAULT)) {
      NodeIdentity dealer = lane.identity(Role.DEALER);
      NodeIdentity first = lane.identity(Role.EVALUATOR_0);
      NodeIdentity second = lane.identity(Role.EVALUATOR_1);
      try (Interloper listens =
          new Interloper(
              second,
              Map.of(dealer.key(), dealer, first.key(), first),
              lane.node(Role.EVALUATOR_1).address(),
              (link, inwards, frame) -> {
                synchronized (frames) {
                  frames.writeBytes(frame.payload());
                }
                return List.of(frame);
              })) {
        LaneNode there = InProcessLane.place(Role.EVALUATOR_1, second.key(), listens.address());
        for (Role role : Role.values()) {
          lane.join(role, lane.lane(Map.of(Role.EVALUATOR_1, there)));
        }
        try (LaneJob job = lane.open(ids.length, 4)) {
          job.next(ids);
          job.next(ids[0]);
          job.next(ids[1]);
        }
      }
    }
    byte[] all;
    synchronized (frames) {
      all = frames.toByteArray();
    }
    assertThat(all.length).isGreaterThan(1_000_000);
    assertThat(new MemoryScan(Canary.prompt(ids).and(Canary.model(ids))).find(all)).isEmpty();
  }
}
