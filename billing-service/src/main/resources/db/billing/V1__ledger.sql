-- The ledger. What must hold is in dev/sotto/billing/ledger/README.md.

CREATE TABLE ledger_transaction (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  template text NOT NULL CHECK (
    template IN ('GRANT', 'RESERVE', 'SETTLE', 'RELEASE', 'EXPIRE', 'REVERSE')),
  -- What caused it; posting the same cause again is recognised.
  cause text NOT NULL CHECK (length(cause) BETWEEN 1 AND 128),
  currency char(3) NOT NULL,
  job_id char(32),
  price_version int,
  reverses uuid UNIQUE REFERENCES ledger_transaction,
  posted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (tenant_id, cause),
  CHECK ((template = 'REVERSE') = (reverses IS NOT NULL))
);
CREATE INDEX ledger_transaction_by_job ON ledger_transaction (job_id) WHERE job_id IS NOT NULL;

CREATE TABLE ledger_entry (
  transaction_id uuid NOT NULL REFERENCES ledger_transaction,
  line smallint NOT NULL,
  tenant_id uuid NOT NULL,
  project_id uuid,
  account text NOT NULL CHECK (
    account IN ('FUNDING', 'CREDIT', 'RESERVED', 'REVENUE', 'OPERATOR_PAYABLE')),
  -- Micro-units of the transaction's currency.
  amount bigint NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (transaction_id, line)
);
CREATE INDEX ledger_entry_by_account ON ledger_entry (tenant_id, account);

-- At commit, every transaction has entries, all of its tenant, that add up to nothing.
CREATE FUNCTION check_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  transaction uuid;
  total numeric;
  entries int;
  strangers int;
  former text := coalesce(current_setting('sotto.worker', true), '');
BEGIN
  -- At commit no tenant is named any more, and these rows must be seen.
  PERFORM set_config('sotto.worker', 'on', true);
  IF TG_TABLE_NAME = 'ledger_entry' THEN
    transaction := NEW.transaction_id;
  ELSE
    transaction := NEW.id;
  END IF;
  SELECT coalesce(sum(e.amount), 0), count(*), count(*) FILTER (WHERE e.tenant_id <> t.tenant_id)
    INTO total, entries, strangers
    FROM ledger_entry e JOIN ledger_transaction t ON t.id = e.transaction_id
    WHERE e.transaction_id = transaction;
  PERFORM set_config('sotto.worker', former, true);
  IF entries < 2 OR total <> 0 OR strangers <> 0 THEN
    RAISE EXCEPTION 'ledger transaction % does not balance', transaction USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_balanced();
CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON ledger_transaction
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_balanced();

-- Nobody changes what is written, the owner of the table included.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transaction
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_transaction, ledger_entry FROM billing_app;

CALL close_by_tenant('ledger_transaction');
CALL close_by_tenant('ledger_entry');
CREATE POLICY audit ON ledger_transaction FOR SELECT USING (is_worker());
CREATE POLICY audit ON ledger_entry FOR SELECT USING (is_worker());

-- Prices, in micro-units for a million tokens. A version is never changed.
CREATE TABLE price_version (
  version int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  currency char(3) NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE price (
  version int NOT NULL REFERENCES price_version,
  model text NOT NULL, -- or * for all that have none of their own
  protection text NOT NULL CHECK (protection IN ('passive', 'compared')),
  prompt_per_million bigint NOT NULL CHECK (prompt_per_million >= 0),
  completion_per_million bigint NOT NULL CHECK (completion_per_million >= 0),
  PRIMARY KEY (version, model, protection)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON price_version
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON price
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON price_version, price FROM billing_app;

-- What a tenant has: the sums of its CREDIT and RESERVED, kept so that they can be locked.
CREATE TABLE tenant_account (
  tenant_id uuid PRIMARY KEY,
  currency char(3) NOT NULL,
  available bigint NOT NULL DEFAULT 0 CHECK (available >= 0),
  reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0)
);
CALL close_by_tenant('tenant_account');
CREATE POLICY audit ON tenant_account FOR SELECT USING (is_worker());

CREATE TABLE project_cap (
  tenant_id uuid NOT NULL,
  project_id uuid NOT NULL,
  -- At most so much reserved and spent in a calendar month (UTC); no row, no cap.
  monthly_micros bigint NOT NULL CHECK (monthly_micros >= 0),
  PRIMARY KEY (tenant_id, project_id)
);
CALL close_by_tenant('project_cap');

CREATE TABLE project_month (
  tenant_id uuid NOT NULL,
  project_id uuid NOT NULL,
  month date NOT NULL CHECK (extract(day FROM month) = 1),
  reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  spent bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
  PRIMARY KEY (tenant_id, project_id, month)
);
CALL close_by_tenant('project_month');

-- One row a job, whatever became of it.
CREATE TABLE reservation (
  job_id char(32) PRIMARY KEY,
  tenant_id uuid NOT NULL,
  project_id uuid NOT NULL,
  model text NOT NULL,
  protection text NOT NULL,
  state text NOT NULL CHECK (
    state IN ('OPEN', 'SETTLED', 'RELEASED', 'EXPIRED', 'REFUSED', 'ENDED_FIRST')),
  price_version int REFERENCES price_version,
  reserved bigint NOT NULL CHECK (reserved >= 0),
  month date,
  refusal_code text,
  refusal_message text,
  expires_at timestamptz NOT NULL,
  CHECK ((state = 'REFUSED') = (refusal_code IS NOT NULL)),
  CHECK (state IN ('REFUSED', 'ENDED_FIRST') OR (price_version IS NOT NULL AND month IS NOT NULL))
);
CREATE INDEX reservation_by_expiry ON reservation (expires_at) WHERE state = 'OPEN';
REVOKE DELETE, TRUNCATE ON reservation FROM billing_app;
CALL close_by_tenant('reservation');
CREATE POLICY expiry ON reservation FOR SELECT USING (is_worker());

-- What was used and what it cost; corrections are further lines, negative ones too.
CREATE TABLE usage_line (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL,
  project_id uuid NOT NULL,
  key_id uuid NOT NULL,
  job_id char(32) NOT NULL,
  -- 1 for the job itself; a correction counts on.
  part int NOT NULL,
  model text NOT NULL,
  protection text NOT NULL,
  price_version int NOT NULL REFERENCES price_version,
  requests int NOT NULL,
  prompt_tokens bigint NOT NULL,
  completion_tokens bigint NOT NULL,
  cost bigint NOT NULL,
  currency char(3) NOT NULL,
  -- Read after the tenant's account is locked, so that no line appears in a past that is invoiced.
  used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (job_id, part)
);
CREATE INDEX usage_line_by_time ON usage_line (tenant_id, used_at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON usage_line
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON usage_line FROM billing_app;
CALL close_by_tenant('usage_line');

-- Empty unless something is wrong: what is kept to be locked, against what is written.
CREATE VIEW ledger_difference WITH (security_invoker = true) AS
SELECT a.tenant_id, 'available' AS what, a.available AS kept, coalesce(sum(e.amount), 0) AS written
  FROM tenant_account a LEFT JOIN ledger_entry e
    ON e.tenant_id = a.tenant_id AND e.account = 'CREDIT'
  GROUP BY a.tenant_id HAVING a.available <> coalesce(sum(e.amount), 0)
UNION ALL
SELECT a.tenant_id, 'reserved', a.reserved, coalesce(sum(e.amount), 0)
  FROM tenant_account a LEFT JOIN ledger_entry e
    ON e.tenant_id = a.tenant_id AND e.account = 'RESERVED'
  GROUP BY a.tenant_id HAVING a.reserved <> coalesce(sum(e.amount), 0)
UNION ALL
SELECT a.tenant_id, 'open reservations', a.reserved, coalesce(sum(r.reserved), 0)
  FROM tenant_account a LEFT JOIN reservation r
    ON r.tenant_id = a.tenant_id AND r.state = 'OPEN'
  GROUP BY a.tenant_id HAVING a.reserved <> coalesce(sum(r.reserved), 0)
UNION ALL
SELECT e.tenant_id, 'transaction', 0, sum(e.amount)
  FROM ledger_entry e GROUP BY e.tenant_id, e.transaction_id HAVING sum(e.amount) <> 0;
