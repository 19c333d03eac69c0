-- Where jobs were placed, until their receipts are signed. No tenant: public facts about lanes.
CREATE TABLE placement (
  job_id char(32) PRIMARY KEY,
  protection text NOT NULL CHECK (protection IN ('passive', 'compared')),
  manifests text[] NOT NULL, -- signed manifests as JSON
  placed_at bigint NOT NULL, -- milliseconds of the epoch
  noted_at timestamptz NOT NULL DEFAULT now()
);

-- Padded shares of digests, until they are judged: uniform by themselves.
CREATE TABLE digest_share (
  job_id char(32) NOT NULL,
  manifest_digest char(64) NOT NULL,
  stage int NOT NULL,
  role text NOT NULL CHECK (role IN ('EVALUATOR_0', 'EVALUATOR_1')),
  serial int NOT NULL,
  from_step int NOT NULL,
  steps int NOT NULL CHECK (steps BETWEEN 1 AND 16),
  bits bytea NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (job_id, manifest_digest, stage, role, serial)
);
CREATE INDEX digest_share_by_age ON digest_share (noted_at);

-- Jobs that have ended and whose receipts wait for digests, or for this service.
CREATE TABLE ended_job (
  job_id char(32) PRIMARY KEY,
  tenant_id uuid NOT NULL,
  event bytea NOT NULL, -- JobEnded as it was told, which has no content
  ended_at bigint NOT NULL,
  due_at bigint NOT NULL
);
CALL close_by_tenant('ended_job');
-- Whoever signs works for all tenants.
CREATE POLICY signing ON ended_job USING (is_worker()) WITH CHECK (is_worker());

-- Signed receipts, for ever.
CREATE TABLE receipt (
  job_id char(32) PRIMARY KEY,
  tenant_id uuid NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('none', 'agree', 'disagree', 'incomplete')),
  digest char(64) NOT NULL,
  signed bytea NOT NULL,
  issued_at timestamptz NOT NULL DEFAULT now()
);
CALL close_by_tenant('receipt');
CREATE POLICY counting ON receipt FOR SELECT USING (is_worker());

-- Known-answer audits, begun and ended: what reputation is made of, and nothing else is.
CREATE TABLE audit (
  job_id char(32) PRIMARY KEY,
  model text NOT NULL,
  protection text NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE audit_result (
  job_id char(32) NOT NULL REFERENCES audit,
  manifest_digest char(64) NOT NULL,
  lane_id text NOT NULL,
  passed boolean NOT NULL,
  steps int NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (job_id, manifest_digest)
);
CREATE TABLE audit_node (
  job_id char(32) NOT NULL,
  manifest_digest char(64) NOT NULL,
  stage int NOT NULL,
  role text NOT NULL,
  operator text NOT NULL,
  identity char(64) NOT NULL,
  PRIMARY KEY (job_id, manifest_digest, stage, role),
  FOREIGN KEY (job_id, manifest_digest) REFERENCES audit_result
);
CREATE INDEX audit_node_by_identity ON audit_node (identity);

-- Nobody changes what is written, the owner of the tables included.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON receipt
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_result
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_node
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON receipt, audit, audit_result, audit_node FROM verification_app;
