-- A job whose enclave died with its gateway fails, and is not charged.
alter table job drop constraint job_finish_reason_check;
alter table job add constraint job_finish_reason_check
  check (finish_reason in ('FINISHED', 'CANCELLED', 'DISTRUSTED', 'ABANDONED'));
