package dev.sotto.cli;

import dev.sotto.launch.UpPlan;
import dev.sotto.models.format.ModelFiles;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The shards of all lanes of a platform: each lane has its own sharing of the model. What is there
 * is kept; for what is missing the model is calibrated once. In two steps, so that what needs the
 * model's public part alone can begin after the first.
 */
final class LaneShards implements AutoCloseable {
  private final UpRequest request;
  private final ModelFiles source;
  private final List<Provisioning> lanes;
  private List<Provisioning> missing = List.of();
  private @Nullable Calibration calibration;

  private LaneShards(UpRequest request, Home home, ModelFiles source) {
    this.request = request;
    this.source = source;
    this.lanes =
        IntStream.rangeClosed(1, request.lanes())
            .mapToObj(
                lane -> new Provisioning(request.model(), home, request.stages(), "lane-" + lane))
            .toList();
  }

  /** Fetches the model where needed, and checks it. Errors say what is the matter with it. */
  static LaneShards open(UpRequest request, Home home, ProgressLine progress) throws IOException {
    return new LaneShards(request, home, new ModelSource(request.model(), home).open(progress));
  }

  /** What is to run, once {@link #cut} returns. */
  UpPlan plan() {
    return request.plan(lanes.stream().map(lane -> lane.folder(source)).toList());
  }

  /**
   * Calibrates if a lane is missing. The model's public part is there afterwards, and the known
   * answers that audits need. Errors are the model's, or name a wire that is too wide.
   */
  void calibrate(ProgressLine progress) throws IOException {
    missing = lanes.stream().filter(lane -> lane.present(source, progress).isEmpty()).toList();
    Provisioning first = lanes.getFirst();
    if (!missing.isEmpty()) {
      calibration = first.calibrate(source, false, progress);
      first.writePublicPart(source);
    }
    if (request.auditPercent() > 0) {
      KnownAnswers.ensure(first.answers(source), source, progress);
    }
  }

  /** Cuts the lanes that are missing. Errors are the cutter's. */
  void cut(ProgressLine progress) throws IOException {
    Calibration known = calibration;
    if (known != null) {
      for (Provisioning lane : missing) {
        var _ = lane.cut(source, known, progress);
      }
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
