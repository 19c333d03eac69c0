-- Whether what was sent last is a digest in place of a step: what nodes answer to it counts as no step.
ALTER TABLE jobs ADD COLUMN digests boolean NOT NULL DEFAULT false;
