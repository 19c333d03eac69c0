package dev.sotto.contracts.event;

import dev.sotto.contracts.Check;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.manifest.SignedManifest;
import java.util.List;

/**
 * A job has its lanes; steps may come.
 *
 * @param jobId the job
 * @param protection what it is given
 * @param lanes their manifests; as many as the protection takes
 */
public record JobPlaced(String jobId, Protection protection, List<SignedManifest> lanes)
    implements Event {
  /** BadMessage when a field is outside its bounds. */
  public JobPlaced {
    Fields.jobId("JobPlaced.jobId", jobId);
    lanes = List.copyOf(lanes);
    Check.range("JobPlaced.lanes", lanes.size(), protection.lanes(), 8);
  }

  @Override
  public Topic topic() {
    return Topic.JOB_STATUS;
  }

  @Override
  public String key() {
    return jobId;
  }
}
