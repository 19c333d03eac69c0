package dev.sotto.client.platform;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.manifest.TrustRoots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A platform that places jobs on the lanes it has, in turn, and may be made to cheat. */
final class TestPlatform implements JobChannel {
  static final ModelPin MODEL = new ModelPin(300, "a".repeat(64), "b".repeat(64), "c".repeat(64));

  final SigningKey publisher = SigningKey.create();
  final List<List<TestLane>> placements = new ArrayList<>();
  final Map<JobId, List<TestLane>> placed = new HashMap<>();
  final List<JobRequest> requests = new ArrayList<>();
  final List<Reason> ends = new ArrayList<>();
  UnaryOperator<Placement> places = placement -> placement;
  UnaryOperator<List<PartialResult>> answers = results -> results;

  TestLane lane(String id, TestLane.Logits logits) {
    return new TestLane(id, MODEL, publisher, logits);
  }

  TrustRoots roots() {
    Map<String, String> operators = new HashMap<>();
    for (List<TestLane> lanes : placements) {
      for (TestLane lane : lanes) {
        lane.operators.forEach((name, key) -> operators.putIfAbsent(name, key.publicHex()));
      }
    }
    return new TrustRoots(Map.of(TestLane.PUBLISHER, publisher.publicHex()), operators);
  }

  @Override
  public Placement open(JobRequest request) {
    List<TestLane> lanes = placements.get(Math.min(requests.size(), placements.size() - 1));
    requests.add(request);
    placed.put(request.jobId(), lanes);
    return places.apply(
        new Placement(
            request.jobId(),
            request.protection(),
            lanes.stream().map(lane -> lane.manifest).toList()));
  }

  @Override
  public SealedResults step(SealedStep step) {
    List<PartialResult> results = new ArrayList<>();
    for (TestLane lane : placed.getOrDefault(step.jobId(), List.of())) {
      results.addAll(lane.answer(step));
    }
    return new SealedResults(step.jobId(), step.serial(), answers.apply(results));
  }

  @Override
  public void end(JobId job, Reason reason) {
    ends.add(reason);
  }
}
