package dev.sotto.verification.receipt;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.DigestShared;
import dev.sotto.verification.verdict.LaneDigests;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table {@code digest_share}. */
final class DigestShares {
  private final JdbcClient jdbc;

  DigestShares(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Adds a share; the first one of a place stays. */
  void add(DigestShared share) {
    jdbc.sql(
            "INSERT INTO digest_share"
                + " (job_id, manifest_digest, stage, role, serial, from_step, steps, bits)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .param(share.jobId())
        .param(share.manifestDigest())
        .param(share.stage())
        .param(share.role().name())
        .param(share.serial())
        .param(share.from())
        .param(share.count())
        .param(share.octets().toArray())
        .update();
  }

  private record Row(Role role, LaneDigests.Window window, byte[] bits) {}

  /** What a lane's evaluators of a stage have digested. */
  LaneDigests of(String job, String manifestDigest, int stage) {
    List<Row> rows =
        jdbc.sql(
                "SELECT role, from_step, steps, bits FROM digest_share"
                    + " WHERE job_id = ? AND manifest_digest = ? AND stage = ? ORDER BY serial")
            .param(job)
            .param(manifestDigest)
            .param(stage)
            .query(
                (row, number) ->
                    new Row(
                        Role.valueOf(row.getString("role")),
                        new LaneDigests.Window(row.getInt("from_step"), row.getInt("steps")),
                        row.getBytes("bits")))
            .list();
    LaneDigests digests = new LaneDigests();
    rows.forEach(row -> digests.add(row.role, row.window, row.bits));
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
