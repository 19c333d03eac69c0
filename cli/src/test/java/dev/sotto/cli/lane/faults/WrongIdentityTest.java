package dev.sotto.cli.lane.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sotto.cli.lane.testing.InProcessLane;
import dev.sotto.cli.lane.testing.Interloper;
import dev.sotto.cli.lane.testing.SmallModel;
import dev.sotto.client.lane.LaneException;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.Role;
import dev.sotto.links.NodeIdentity;
import dev.sotto.node.NodeSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody else answers, or knocks, where a role is expected. */
class WrongIdentityTest {
  private static final NodeSettings SETTINGS =
      new NodeSettings(Duration.ofSeconds(3), Duration.ofSeconds(60), 4 << 20, 4, 4);

  @ParameterizedTest
  @EnumSource(
      value = Role.class,
      names = {"EVALUATOR_0", "EVALUATOR_1"})
  void whoAnswersUnderAnotherIdentityIsRefused(Role role) throws Exception {
    NodeIdentity stranger = NodeIdentity.create();
    try (InProcessLane lane = InProcessLane.listen(SmallModel.shards(), SETTINGS);
        Interloper elsewhere =
            new Interloper(
                stranger,
                Map.of(lane.identity(Role.DEALER).key(), lane.identity(Role.DEALER)),
                lane.node(role).address(),
                (link, inwards, frame) -> List.of(frame))) {
      LaneNode expected = InProcessLane.place(role, lane.identity(role).key(), elsewhere.address());
      for (Role each : Role.values()) {
        lane.join(each, each == role ? lane.lane() : lane.lane(Map.of(role, expected)));
      }
      LaneException e = catchThrowableOfType(LaneException.class, () -> lane.open(4, 2));
      assertThat(e).isNotNull();
      assertThat(e.code()).isEqualTo(Failure.Code.PEER_GONE);
      assertThat(e.getMessage())
          .containsAnyOf("the link to " + role.label() + " failed", "did not turn up");
    }
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void theCallerSpeaksToNobodyElse(Role role) throws Exception {
    NodeIdentity stranger = NodeIdentity.create();
    try (InProcessLane lane = InProcessLane.start(SmallModel.shards(), SETTINGS)) {
      LaneNode wrong = InProcessLane.place(role, stranger.key(), lane.node(role).address());
      LaneException e =
          catchThrowableOfType(
              LaneException.class, () -> lane.open(lane.lane(Map.of(role, wrong))));
      assertThat(e).isNotNull();
      assertThat(e).hasMessageStartingWith(role.label() + " cannot be reached: ");
    }
  }
}
