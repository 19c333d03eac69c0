-- A job whose lane is gone, and whose caller may have the whole answer, waits for the caller's word. Its code and message
-- are those of the failure that it becomes otherwise.
ALTER TABLE jobs DROP CONSTRAINT jobs_state_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_state_check
  CHECK (state IN ('REQUESTED', 'QUEUED', 'PLACED', 'RUNNING', 'STRANDED',
    'COMPLETED', 'CANCELLED', 'REFUSED', 'FAILED', 'EXPIRED'));

DROP INDEX jobs_live;
CREATE INDEX jobs_live ON jobs (state, tenant_id)
  WHERE state IN ('REQUESTED', 'QUEUED', 'PLACED', 'RUNNING', 'STRANDED');
DROP INDEX jobs_over;
CREATE INDEX jobs_over ON jobs (since)
  WHERE state NOT IN ('REQUESTED', 'QUEUED', 'PLACED', 'RUNNING', 'STRANDED');
