-- Jobs, and the lanes and nodes that they run on. Jobs belong to tenants: rows are seen by the
-- tenant that a transaction names, or by this service's workers, which act for all of them (placing,
-- ending, deadlines). A transaction that names nobody sees none. Lanes, nodes and revocations belong
-- to the platform.

CREATE TABLE jobs (
  id             text     PRIMARY KEY CHECK (id ~ '^[0-9a-f]{32}$'),
  tenant_id      uuid     NOT NULL,
  project_id     uuid     NOT NULL,
  key_id         uuid     NOT NULL,
  model          text     NOT NULL,
  model_digest   text     NOT NULL,
  protection     text     NOT NULL CHECK (protection IN ('PASSIVE', 'COMPARED')),
  prompt_tokens  integer  NOT NULL CHECK (prompt_tokens > 0),
  max_tokens     integer  NOT NULL CHECK (max_tokens > 0),
  deadline       bigint   NOT NULL, -- milliseconds of the epoch, as all times here
  state          text     NOT NULL CHECK (state IN ('REQUESTED', 'QUEUED', 'PLACED', 'RUNNING',
                            'COMPLETED', 'CANCELLED', 'REFUSED', 'FAILED', 'EXPIRED')),
  version        bigint   NOT NULL, -- one more with each move: who writes says which one it saw
  since          bigint   NOT NULL, -- when it came into its state
  requested_at   bigint   NOT NULL,
  finishing      text     CHECK (finishing IN ('FINISHED', 'CANCELLED', 'DISTRUSTED')),
  lanes          text[]   NOT NULL DEFAULT '{}', -- digests of manifests, in the order of places
  node_starts    bigint[] NOT NULL DEFAULT '{}', -- when each place's process had begun
  steps_sent     integer  NOT NULL DEFAULT 0,
  steps_finished integer  NOT NULL DEFAULT 0,
  answered       bytea    NOT NULL DEFAULT '', -- which places have answered step steps_finished
  code           text     NOT NULL DEFAULT '',
  message        text     NOT NULL DEFAULT '',
  retryable      boolean  NOT NULL DEFAULT false,
  nodes_told     boolean  NOT NULL DEFAULT true, -- of its end; false while they are still to be told
  CHECK (steps_finished BETWEEN 0 AND steps_sent),
  CHECK (state IN ('REQUESTED', 'QUEUED', 'CANCELLED', 'REFUSED', 'EXPIRED') OR lanes <> '{}')
);

CREATE INDEX jobs_live ON jobs (state, tenant_id)
  WHERE state IN ('REQUESTED', 'QUEUED', 'PLACED', 'RUNNING');
CREATE INDEX jobs_untold ON jobs (id) WHERE NOT nodes_told;
CREATE INDEX jobs_over ON jobs (since)
  WHERE state NOT IN ('REQUESTED', 'QUEUED', 'PLACED', 'RUNNING');

CALL close_by_tenant('jobs');
-- Placing, ending, deadlines, clearing away: for all tenants, hence by whoever says so.
CREATE POLICY workers ON jobs USING (is_worker()) WITH CHECK (is_worker());

-- Manifests whose signatures were checked; they are checked again when they are read.
CREATE TABLE lanes (
  digest       text   PRIMARY KEY CHECK (digest ~ '^[0-9a-f]{64}$'),
  lane_id      text   NOT NULL,
  model_digest text   NOT NULL,
  expires_at   bigint NOT NULL,
  signed       bytea  NOT NULL,
  first_seen   bigint NOT NULL
);

CREATE TABLE nodes (
  identity    text    NOT NULL CHECK (identity ~ '^[0-9a-f]{64}$'),
  stage       integer NOT NULL,
  operator    text    NOT NULL,
  lane        text    NOT NULL REFERENCES lanes (digest),
  role        text    NOT NULL CHECK (role IN ('DEALER', 'EVALUATOR_0', 'EVALUATOR_1')),
  host        text    NOT NULL,
  port        integer NOT NULL,
  vocab       integer NOT NULL,
  context     integer NOT NULL,
  slots       integer NOT NULL,
  state       text    NOT NULL CHECK (state IN ('READY', 'DRAINING', 'STOPPED')),
  started_at  bigint  NOT NULL,
  changed_at  bigint  NOT NULL,
  PRIMARY KEY (identity, stage)
);

CREATE TABLE revocations (
  kind       text   NOT NULL CHECK (kind IN ('NODE', 'LANE')),
  name       text   NOT NULL CHECK (name ~ '^[0-9a-f]{64}$'), -- an identity, or a manifest's digest
  reason     text   NOT NULL,
  revoked_at bigint NOT NULL,
  PRIMARY KEY (kind, name)
);

-- Which process is the one that acts: it holds an advisory lock, and counts its turn here, so that
-- one whose lock was lost for a moment can tell whether another has acted since.
CREATE TABLE tenure (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  turn     bigint  NOT NULL
);
INSERT INTO tenure (turn) VALUES (0);
