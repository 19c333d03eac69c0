package dev.sotto.verification.audit;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.manifest.ManifestNode;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The append-only tables of audits, and what they add up to. */
public final class AuditLog {
  private final TransactionTemplate transactions;
  private final JdbcClient jdbc;

  AuditLog(TransactionTemplate transactions, JdbcClient jdbc) {
    this.transactions = transactions;
    this.jdbc = jdbc;
  }

  /**
   * What audits say of a node: only how often, so that nobody learns which job was one.
   *
   * @param identity its key, 64 hexadecimal digits
   * @param operator who runs it
   * @param audits of lanes that it was in
   * @param failed of those, where the lane's answer was wrong: one of its nodes lied, or erred
   */
  public record Reputation(String identity, String operator, long audits, long failed) {}

  /** Before anything is sent: from then on the job is known to be one of ours. */
  void begin(JobId job, String model, Shape shape) {
    jdbc.sql("INSERT INTO audit (job_id, model, protection) VALUES (?, ?, ?)")
        .param(job.toString())
        .param(model)
        .param(shape.protection().label())
        .update();
  }

  void end(JobId job, Collection<LaneFinding> findings) {
    transactions.executeWithoutResult(
        status -> findings.forEach(finding -> insert(job.toString(), finding)));
  }

  private void insert(String job, LaneFinding finding) {
    jdbc.sql(
            "INSERT INTO audit_result (job_id, manifest_digest, lane_id, passed, steps)"
                + " VALUES (?, ?, ?, ?, ?)")
        .param(job)
        .param(finding.manifestDigest())
        .param(finding.lane().laneId())
        .param(finding.passed())
        .param(finding.steps())
        .update();
    for (int stage = 0; stage < finding.lane().stages().size(); stage++) {
      for (Role role : Role.values()) {
        ManifestNode node = finding.lane().stages().get(stage).node(role);
        jdbc.sql(
                "INSERT INTO audit_node"
                    + " (job_id, manifest_digest, stage, role, operator, identity)"
                    + " VALUES (?, ?, ?, ?, ?, ?)")
            .param(job)
            .param(finding.manifestDigest())
            .param(stage)
            .param(role.name())
            .param(node.operator())
            .param(node.identity())
            .update();
      }
    }
  }

  /** Whether a job is an audit. */
  boolean knows(String job) {
    return jdbc.sql("SELECT count(*) FROM audit WHERE job_id = ?")
            .param(job)
            .query(Integer.class)
            .single()
        > 0;
  }

  /** Of all nodes that were ever audited. */
  public List<Reputation> reputations() {
    return jdbc.sql(
            "SELECT n.identity, min(n.operator) AS operator, count(DISTINCT (r.job_id,"
                + " r.manifest_digest)) AS audits, count(DISTINCT (r.job_id, r.manifest_digest))"
                + " FILTER (WHERE NOT r.passed) AS failed"
                + " FROM audit_node n JOIN audit_result r USING (job_id, manifest_digest)"
                + " GROUP BY n.identity ORDER BY n.identity")
        .query(
            (row, number) ->
                new Reputation(
                    row.getString("identity"),
                    row.getString("operator"),
                    row.getLong("audits"),
                    row.getLong("failed")))
        .list();
  }
}
