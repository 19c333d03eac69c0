CREATE TABLE invoice (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('DRAFT', 'FINALIZED', 'PAID', 'VOID', 'UNCOLLECTIBLE')),
  number bigint CHECK (number > 0),
  currency char(3) NOT NULL,
  period_start timestamptz NOT NULL,
  period_end timestamptz NOT NULL CHECK (period_end > period_start),
  total bigint NOT NULL,
  UNIQUE (tenant_id, number),
  CHECK ((state = 'DRAFT') = (number IS NULL))
);
CALL close_by_tenant('invoice');
REVOKE DELETE, TRUNCATE ON invoice FROM billing_app;

CREATE TABLE invoice_line (
  invoice_id uuid NOT NULL REFERENCES invoice,
  line int NOT NULL,
  tenant_id uuid NOT NULL,
  project_id uuid NOT NULL,
  model text NOT NULL,
  protection text NOT NULL,
  price_version int NOT NULL REFERENCES price_version,
  prompt_tokens bigint NOT NULL,
  completion_tokens bigint NOT NULL,
  amount bigint NOT NULL,
  PRIMARY KEY (invoice_id, line)
);
CALL close_by_tenant('invoice_line');

-- The last number of each tenant: raised in the transaction that uses it, so that none is skipped.
CREATE TABLE invoice_counter (tenant_id uuid PRIMARY KEY, last bigint NOT NULL);
CALL close_by_tenant('invoice_counter');

-- Only a draft changes; afterwards only the state does, along its edges.
CREATE FUNCTION keep_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'DRAFT' THEN
    IF NEW.state NOT IN ('DRAFT', 'FINALIZED') THEN
      RAISE EXCEPTION 'a draft can only be finalized' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'FINALIZED' OR NEW.state NOT IN ('PAID', 'VOID', 'UNCOLLECTIBLE')
    OR (NEW.id, NEW.tenant_id, NEW.number, NEW.currency, NEW.period_start, NEW.period_end, NEW.total)
      IS DISTINCT FROM
      (OLD.id, OLD.tenant_id, OLD.number, OLD.currency, OLD.period_start, OLD.period_end, OLD.total)
  THEN
    RAISE EXCEPTION 'an invoice does not change once it is finalized' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER kept BEFORE UPDATE ON invoice FOR EACH ROW EXECUTE FUNCTION keep_invoice();

CREATE FUNCTION keep_invoice_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT state FROM invoice WHERE id = coalesce(NEW.invoice_id, OLD.invoice_id)) <> 'DRAFT' THEN
    RAISE EXCEPTION 'an invoice does not change once it is finalized' USING ERRCODE = '23514';
  END IF;
  RETURN coalesce(NEW, OLD);
END
$$;
CREATE TRIGGER kept BEFORE INSERT OR UPDATE OR DELETE ON invoice_line
  FOR EACH ROW EXECUTE FUNCTION keep_invoice_line();
