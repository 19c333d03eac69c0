package dev.sotto.client.platform;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.manifest.SignedManifest;
import java.util.List;

/**
 * Where a job is to run. The enclave believes none of it before it has verified the manifests.
 *
 * @param jobId the job
 * @param protection what it is given
 * @param lanes the lanes' manifests
 */
public record Placement(JobId jobId, Protection protection, List<SignedManifest> lanes) {
  /** Copies. */
  public Placement {
    lanes = List.copyOf(lanes);
  }
}
