-- A job whose enclave the platform has left alone fails, and is not charged.
ALTER TABLE jobs DROP CONSTRAINT jobs_finishing_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_finishing_check
  CHECK (finishing IN ('FINISHED', 'CANCELLED', 'DISTRUSTED', 'ABANDONED'));
