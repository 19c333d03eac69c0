package dev.sotto.embedded.chaos;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What must hold of all jobs and all money once nothing is under way. Each query finds breaches.
 */
final class Invariants {
  private static final Map<String, String> BREACHES = new LinkedHashMap<>();

  static {
    BREACHES.put("is not over at the gateway", "select id from gateway.job where state <> 'ended'");
    BREACHES.put(
        "is lost: the orchestration does not know it",
        """
        select g.id from gateway.job g left join orchestration.jobs o on o.id = g.id
        where o.id is null
        """);
    BREACHES.put(
        "is not over, or another end than the gateway says",
        """
        select o.id || ' ' || o.state || ' ' || coalesce(g.outcome, 'NONE')
        from orchestration.jobs o left join gateway.job g on g.id = o.id
        where o.state is distinct from g.outcome
        """);
    BREACHES.put(
        "has nodes that were not told of its end",
        "select id from orchestration.jobs where not nodes_told");
    BREACHES.put(
        "has no reservation, or one that does not fit its end",
        """
        select o.id || ' ' || o.state || ' ' || coalesce(r.state, 'NONE')
        from orchestration.jobs o left join billing.reservation r on r.job_id = o.id
        where (o.state, coalesce(r.state, 'NONE')) not in (
          ('COMPLETED', 'SETTLED'), ('CANCELLED', 'SETTLED'), ('FAILED', 'RELEASED'),
          ('EXPIRED', 'RELEASED'), ('REFUSED', 'RELEASED'), ('REFUSED', 'REFUSED'),
          ('CANCELLED', 'ENDED_FIRST'), ('EXPIRED', 'ENDED_FIRST'))
        """);
    BREACHES.put(
        "has not been reserved once and closed once",
        """
        select r.job_id from billing.reservation r
        left join billing.ledger_transaction t on t.job_id = r.job_id
        where r.state in ('SETTLED', 'RELEASED')
        group by r.job_id
        having count(*) filter (where t.template = 'RESERVE') <> 1
          or count(*) filter (where t.template in ('SETTLE', 'RELEASE')) <> 1
          or count(*) <> 2
        """);
    BREACHES.put(
        "is used and not settled once, or counts other tokens than its end says",
        """
        select coalesce(u.job_id, r.job_id)
        from (select * from billing.reservation where state = 'SETTLED') r
        full join billing.usage_line u on u.job_id = r.job_id
        left join gateway.job g on g.id = u.job_id
        where u.job_id is null or r.job_id is null or u.part <> 1
          or u.prompt_tokens <> g.read_tokens or u.completion_tokens <> g.completion_tokens
        """);
    BREACHES.put("does not balance", "select what from billing.ledger_difference");
    BREACHES.put(
        "is without a receipt, or has one and was never placed",
        """
        select o.id || ' ' || o.state from orchestration.jobs o
        left join verification.receipt v on v.job_id = o.id
        where (o.lanes <> '{}') <> (v.job_id is not null)
        """);
    for (String schema : List.of("gateway", "orchestration", "billing", "verification")) {
      BREACHES.put(
          "is told by " + schema + " and not sent", "select topic from " + schema + ".outbox");
    }
  }

  private Invariants() {}

  /** All breaches, a sentence each; empty once all is well. */
  static List<String> amiss(JdbcClient sql) {
    List<String> amiss = new ArrayList<>();
    BREACHES.forEach(
        (what, query) ->
            sql.sql(query).query(String.class).list().forEach(it -> amiss.add(it + " " + what)));
    return amiss;
  }
}
