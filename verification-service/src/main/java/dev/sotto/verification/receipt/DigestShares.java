package dev.sotto.verification.receipt;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.DigestShared;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.verification.verdict.LaneDigests;
import java.util.Base64;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table {@code digest_share}. */
final class DigestShares {
  private static final int MOST_CLAIMS = 8;

  private final JdbcClient jdbc;

  DigestShares(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Adds a share. Of those that may not be signed, because they come before their job's lanes are
   * known, at most {@value #MOST_CLAIMS} claim one place: who may write to the topic fills no
   * table.
   */
  void add(DigestShared share, boolean signed) {
    jdbc.sql(
            "INSERT INTO digest_share"
                + " (job_id, manifest_digest, stage, role, serial, from_step, steps, bits, signature)"
                + " SELECT ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM digest_share WHERE"
                + " job_id = ? AND manifest_digest = ? AND stage = ? AND role = ? AND serial = ?) < ? ON CONFLICT DO NOTHING")
        .param(share.jobId())
        .param(share.manifestDigest())
        .param(share.stage())
        .param(share.role().name())
        .param(share.serial())
        .param(share.from())
        .param(share.count())
        .param(share.octets().toArray())
        .param(share.signature())
        .param(share.jobId())
        .param(share.manifestDigest())
        .param(share.stage())
        .param(share.role().name())
        .param(share.serial())
        .param(signed ? Integer.MAX_VALUE : MOST_CLAIMS)
        .update();
  }

  /** What a lane's evaluators of a stage have digested: shares that they have signed. */
  LaneDigests of(String job, String manifestDigest, int stage, ManifestStage nodes) {
    List<DigestShared> rows =
        jdbc.sql(
                "SELECT role, serial, from_step, steps, bits, signature FROM digest_share"
                    + " WHERE job_id = ? AND manifest_digest = ? AND stage = ? ORDER BY serial")
            .param(job)
            .param(manifestDigest)
            .param(stage)
            .query(
                (row, number) ->
                    new DigestShared(
                        job,
                        manifestDigest,
                        stage,
                        Role.valueOf(row.getString("role")),
                        row.getInt("serial"),
                        row.getInt("from_step"),
                        row.getInt("steps"),
                        Base64.getEncoder().encodeToString(row.getBytes("bits")),
                        row.getString("signature")))
            .list();
    LaneDigests digests = new LaneDigests();
    for (DigestShared share : rows) {
      if (share.isSignedBy(nodes.node(share.role()).identity())) {
        LaneDigests.Window window = new LaneDigests.Window(share.from(), share.count());
        digests.add(share.role(), window, share.octets().toArray());
      }
    }
    return digests;
  }

  void remove(String job) {
    jdbc.sql("DELETE FROM digest_share WHERE job_id = ?").param(job).update();
  }

  /** Removes what came too late, or for no job. */
  int removeForgotten() {
    return jdbc.sql("DELETE FROM digest_share WHERE noted_at < now() - interval '1 day'").update();
  }
}
