-- Jobs whose lanes disagree, by the verification's verdict: they cost nothing, whichever is heard first, it or their end.
CREATE TABLE disagreement (
  job_id char(32) PRIMARY KEY,
  tenant_id uuid NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now()
);
REVOKE UPDATE, DELETE, TRUNCATE ON disagreement FROM billing_app;
CALL close_by_tenant('disagreement');
