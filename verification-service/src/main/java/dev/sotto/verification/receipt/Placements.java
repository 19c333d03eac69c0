package dev.sotto.verification.receipt;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.manifest.SignedManifest;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table {@code placement}. */
final class Placements {
  private final JdbcClient jdbc;

  /**
   * Where a job runs.
   *
   * @param placedAt milliseconds of the epoch
   */
  record Placed(Protection protection, List<SignedManifest> lanes, long placedAt) {}

  Placements(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void add(JobPlaced placed, long at) {
    String[] manifests =
        placed.lanes().stream()
            .map(lane -> new String(lane.encode(), StandardCharsets.UTF_8))
            .toArray(String[]::new);
    jdbc.sql(
            "INSERT INTO placement (job_id, protection, manifests, placed_at) VALUES (?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING")
        .param(placed.jobId())
        .param(placed.protection().label())
        .param(manifests)
        .param(at)
        .update();
  }

  Optional<Placed> find(String job) {
    return jdbc.sql("SELECT protection, manifests, placed_at FROM placement WHERE job_id = ?")
        .param(job)
        .query(Placements::placed)
        .optional();
  }

  private static Placed placed(ResultSet row, int number) throws SQLException {
    List<SignedManifest> lanes = new ArrayList<>();
    Array manifests = row.getArray("manifests");
    for (String manifest : (String[]) manifests.getArray()) {
      lanes.add(SignedManifest.decode(manifest.getBytes(StandardCharsets.UTF_8)));
    }
    Protection protection =
        row.getString("protection").equals(Protection.PASSIVE.label())
            ? Protection.PASSIVE
            : Protection.COMPARED;
    return new Placed(protection, lanes, row.getLong("placed_at"));
  }

  void remove(String job) {
    jdbc.sql("DELETE FROM placement WHERE job_id = ?").param(job).update();
  }

  /** Removes what no end ever came for. */
  int removeForgotten() {
    return jdbc.sql("DELETE FROM placement WHERE noted_at < now() - interval '8 days'").update();
  }
}
