package dev.sotto.orchestration.store;

import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.NodeAnnounced.State;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.orchestration.lane.LaneView;
import dev.sotto.orchestration.lane.NodeView;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables of lanes, nodes and revocations, which belong to no tenant. */
public final class LaneStore {
  private final JdbcClient db;

  /** What may be revoked. */
  public enum Kind {
    /** A node, by its identity. */
    NODE,
    /** A lane, by its manifest's digest. */
    LANE
  }

  /** Over a database whose search path is this service's schema. */
  public LaneStore(JdbcClient db) {
    this.db = db;
  }

  /** All manifests that were ever believed. */
  public List<SignedManifest> lanes() {
    return db.sql("SELECT signed FROM lanes ORDER BY first_seen, digest")
        .query((row, at) -> SignedManifest.decode(row.getBytes("signed")))
        .list();
  }

  /** All nodes, none of which counts as heard of. */
  public List<NodeView> nodes() {
    return db.sql("SELECT * FROM nodes").query(LaneStore::node).list();
  }

  /** What was revoked. */
  public List<String> revoked(Kind kind) {
    return db.sql("SELECT name FROM revocations WHERE kind = :kind")
        .param("kind", kind.name())
        .query(String.class)
        .list();
  }

  /** Revokes; nothing happens the second time. */
  public void revoke(Kind kind, String name, String reason, long now) {
    db.sql(
            "INSERT INTO revocations (kind, name, reason, revoked_at)"
                + " VALUES (:kind, :name, :reason, :now) ON CONFLICT DO NOTHING")
        .param("kind", kind.name())
        .param("name", name)
        .param("reason", reason)
        .param("now", now)
        .update();
  }

  /** Records a node and its lane as they are known now. */
  public void record(NodeView node, LaneView lane, long now) {
    db.sql(
            """
            INSERT INTO lanes (digest, lane_id, model_digest, expires_at, signed, first_seen)
            VALUES (:digest, :lane, :model, :expires, :signed, :now) ON CONFLICT DO NOTHING
            """)
        .param("digest", node.lane())
        .param("lane", lane.manifest().laneId())
        .param("model", lane.manifest().modelDigest())
        .param("expires", lane.manifest().expiresAt())
        .param("signed", lane.signed().encode())
        .param("now", now)
        .update();
    db.sql(
            """
            INSERT INTO nodes (identity, stage, operator, lane, role, host, port, vocab, context,
              slots, state, started_at, changed_at)
            VALUES (:identity, :stage, :operator, :lane, :role, :host, :port, :vocab, :context,
              :slots, :state, :started, :now)
            ON CONFLICT (identity, stage) DO UPDATE SET operator = excluded.operator,
              lane = excluded.lane, role = excluded.role, host = excluded.host,
              port = excluded.port, vocab = excluded.vocab, context = excluded.context,
              slots = excluded.slots, state = excluded.state, started_at = excluded.started_at,
              changed_at = excluded.changed_at
            """)
        .param("identity", node.identity())
        .param("stage", node.stage())
        .param("operator", node.operator())
        .param("lane", node.lane())
        .param("role", node.role().name())
        .param("host", node.host())
        .param("port", node.port())
        .param("vocab", node.vocab())
        .param("context", node.context())
        .param("slots", node.slots())
        .param("state", node.state().name())
        .param("started", node.startedAt())
        .param("now", now)
        .update();
  }

  private static NodeView node(ResultSet row, int at) throws SQLException {
    return new NodeView(
        row.getString("identity"),
        row.getString("operator"),
        row.getString("lane"),
        row.getInt("stage"),
        Role.valueOf(row.getString("role")),
        row.getString("host"),
        row.getInt("port"),
        row.getInt("vocab"),
        row.getInt("context"),
        row.getInt("slots"),
        State.valueOf(row.getString("state")),
        row.getLong("started_at"),
        false,
        false);
  }
}
