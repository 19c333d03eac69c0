package dev.sotto.contracts.event;

import dev.sotto.contracts.Check;
import dev.sotto.contracts.receipt.Verdict;
import java.util.List;
import java.util.UUID;

/**
 * A job's receipt is signed. A caller can feed its lanes different prompts, so a verdict moves that
 * caller's own refund and nobody's reputation; reputation comes from audits alone.
 *
 * @param jobId the job
 * @param tenantId who pays
 * @param verdict what comparing its lanes said
 * @param dissenting digests of the manifests of the lanes that a majority found to be wrong; all of
 *     them where there is no majority, none unless they disagree
 * @param comparedSteps answered steps that were compared
 * @param receiptDigest of the signed receipt, SHA-256 as 64 hexadecimal digits
 */
public record JobVerified(
    String jobId,
    UUID tenantId,
    Verdict verdict,
    List<String> dissenting,
    int comparedSteps,
    String receiptDigest)
    implements Event {
  /** BadMessage when a field is outside its bounds. */
  public JobVerified {
    Fields.jobId("JobVerified.jobId", jobId);
    dissenting = List.copyOf(dissenting);
    Check.range("JobVerified.dissenting", dissenting.size(), 0, 8);
    dissenting.forEach(lane -> Check.digest("JobVerified.dissenting", lane));
    Fields.tokens("JobVerified.comparedSteps", comparedSteps, 0);
    Check.digest("JobVerified.receiptDigest", receiptDigest);
  }

  @Override
  public Topic topic() {
    return Topic.VERDICTS;
  }

  @Override
  public String key() {
    return jobId;
  }
}
