-- Who may write to the broker may write what he likes: a share counts if its node has signed it, which is known once the
-- job's lanes are. Until then several may claim one place. What waits here unsigned is of jobs that are under way: they
-- end without a verdict.
DELETE FROM digest_share;
ALTER TABLE digest_share ADD COLUMN signature text NOT NULL;
ALTER TABLE digest_share DROP CONSTRAINT digest_share_pkey;
ALTER TABLE digest_share ADD PRIMARY KEY (job_id, manifest_digest, stage, role, serial, signature);
