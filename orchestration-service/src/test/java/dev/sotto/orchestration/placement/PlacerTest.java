package dev.sotto.orchestration.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.JobRequested;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.orchestration.Manifests;
import dev.sotto.orchestration.lane.LaneState;
import dev.sotto.orchestration.lane.LaneView;
import dev.sotto.orchestration.placement.Placer.Choice;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlacerTest {
  private final Manifests manifests = new Manifests();
  private final LaneView a = view(manifests.lane("lane-1", "a"), 512);
  private final LaneView b = view(manifests.lane("lane-2", "b"), 512);

  private static LaneView view(SignedManifest signed, int context) {
    return new LaneView(
        signed.digest(), signed, Manifests.read(signed), LaneState.ALIVE, context, 4);
  }

  private static JobRequested job(Protection protection, int prompt, int most) {
    return job("ab".repeat(16), protection, prompt, most);
  }

  private static JobRequested job(String id, Protection protection, int prompt, int most) {
    UUID any = new UUID(1, 1);
    return new JobRequested(id, any, any, any, "m", Manifests.MODEL, protection, prompt, most, 1);
  }

  private static Choice choose(Protection protection, List<LaneView> lanes, int... free) {
    return Placer.choose(job(protection, 10, 10), lanes, lane -> free[lanes.indexOf(lane)]);
  }

  @Test
  void aPassiveJobGoesWhereThereIsMostRoom() {
    assertThat(choose(Protection.PASSIVE, List.of(a, b), 1, 3))
        .isEqualTo(new Choice.Place(List.of(b)));
    assertThat(choose(Protection.PASSIVE, List.of(a, b), 0, 0)).isInstanceOf(Choice.Busy.class);
    assertThat(choose(Protection.PASSIVE, List.of())).isInstanceOf(Choice.NoLane.class);
  }

  @Test
  void noLaneIsAlwaysTheFirstOfThoseWithAsMuchRoom() {
    int first = 0;
    Random random = new Random(0x5077_0402L);
    int jobs = 2000;
    for (int i = 0; i < jobs; i++) {
      String id = "%016x%016x".formatted(random.nextLong(), random.nextLong());
      Choice choice = Placer.choose(job(id, Protection.PASSIVE, 10, 10), List.of(a, b), lane -> 4);
      first += choice.equals(new Choice.Place(List.of(a))) ? 1 : 0;
      assertThat(Placer.choose(job(id, Protection.PASSIVE, 10, 10), List.of(b, a), lane -> 4))
          .as("the same, in whichever order they come")
          .isEqualTo(choice);
    }
    assertThat(first).isBetween(jobs / 2 - 150, jobs / 2 + 150);
  }

  @Test
  void aComparedJobGetsTwoSeparateLanes() {
    assertThat(choose(Protection.COMPARED, List.of(a, b), 1, 3))
        .isEqualTo(new Choice.Place(List.of(b, a)));
    assertThat(choose(Protection.COMPARED, List.of(a, b), 0, 3)).isInstanceOf(Choice.Busy.class);
    assertThat(choose(Protection.COMPARED, List.of(a), 3)).isInstanceOf(Choice.NoLane.class);
  }

  @Test
  void lanesWithACommonOperatorAreNeverCompared() {
    ManifestStage seats = b.manifest().stages().getFirst();
    ManifestNode shared = manifests.node("a", Role.DEALER);
    ManifestStage mixed = new ManifestStage(0, 3, shared, seats.evaluator0(), seats.evaluator1());
    LaneView joined = view(manifests.sign("lane-3", Manifests.LATER, mixed), 512);
    assertThat(choose(Protection.COMPARED, List.of(a, joined), 3, 3))
        .isInstanceOf(Choice.NoLane.class);
    assertThat(choose(Protection.COMPARED, List.of(b, joined), 3, 3))
        .isInstanceOf(Choice.NoLane.class); // the same nodes
    LaneView namesake = view(manifests.lane("lane-1", "c"), 512);
    assertThat(choose(Protection.COMPARED, List.of(a, namesake), 3, 3))
        .isInstanceOf(Choice.NoLane.class);
    assertThat(choose(Protection.COMPARED, List.of(a, joined, b), 1, 3, 2))
        .isEqualTo(new Choice.Place(List.of(b, a)));
  }

  @Test
  void aJobFitsTheContextOfEachOfItsLanes() {
    LaneView small = view(manifests.lane("lane-4", "d"), 100);
    Map<LaneView, Integer> free = Map.of(a, 1, small, 4);
    JobRequested fits = job(Protection.PASSIVE, 60, 40);
    JobRequested over = job(Protection.PASSIVE, 61, 40);
    JobRequested most = job(Protection.PASSIVE, 512, 1);
    List<LaneView> lanes = List.of(a, small);
    assertThat(Placer.choose(fits, lanes, lane -> free.getOrDefault(lane, 0)))
        .isEqualTo(new Choice.Place(List.of(small)));
    assertThat(Placer.choose(over, lanes, lane -> free.getOrDefault(lane, 0)))
        .isEqualTo(new Choice.Place(List.of(a)));
    assertThat(Placer.choose(most, lanes, lane -> free.getOrDefault(lane, 0)))
        .isEqualTo(new Choice.TooLong(512));
    assertThat(
            Placer.choose(
                job(Protection.COMPARED, 61, 40), lanes, lane -> free.getOrDefault(lane, 0)))
        .isInstanceOf(Choice.NoLane.class);
  }
}
