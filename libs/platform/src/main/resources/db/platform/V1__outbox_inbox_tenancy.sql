-- Events that are told but not yet acknowledged by the broker; dev.sotto.platform.event.Outbox.
CREATE TABLE outbox (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id uuid NOT NULL UNIQUE,
  topic text NOT NULL,
  key text NOT NULL,
  value bytea NOT NULL,
  traceparent text,
  told_at timestamptz NOT NULL DEFAULT now()
);

-- Events that have had their effect; dev.sotto.platform.event.EventConsumers.
CREATE TABLE inbox (
  consumer text NOT NULL,
  event uuid NOT NULL,
  taken_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, event)
);
CREATE INDEX inbox_by_age ON inbox (taken_at);

-- The tenant that this transaction has named, or null.
CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('sotto.tenant', true), '')::uuid;

-- Whether this transaction has declared itself work for all tenants.
CREATE FUNCTION is_worker() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('sotto.worker', true), '') = 'on';

-- Closes a table with a column tenant_id: see the package description of dev.sotto.platform.data.
CREATE PROCEDURE close_by_tenant(closed regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', closed);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', closed);
  EXECUTE format(
    'CREATE POLICY own_tenant ON %s USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
    closed);
END
$$;
