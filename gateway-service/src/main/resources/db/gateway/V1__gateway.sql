-- Who may ask, and what the gateway knows of their jobs.
--
-- Row-level security. Every table with a tenant in it is enabled and forced; the application's login owns nothing and
-- bypasses nothing. A transaction names its tenant in sotto.tenant and sees that tenant's rows; without one it sees none.
-- What reaches further is written out here, and nowhere else:
--
-- 1. Looking a key up. Whoever shows a key has no tenant yet: the key says whose it is. The transaction sets sotto.key_hash,
--    and the policy shows, for reading only, the one row whose hash that is. The hash is an HMAC under a secret that the
--    database does not hold, of a key with 256 random bits: to name it is to have been shown the key. So nothing can be
--    listed or guessed, and no function runs with its owner's rights.
-- 2. Work for all tenants (sotto.worker = 'on'): whether there is any tenant at all, at the first start; what the broker says
--    about jobs, whose records need not name a tenant; jobs whose gateway died. Reading and, for jobs, changing and forgetting; never keys.

create table tenant (
  id          uuid primary key,
  name        text not null check (length(name) between 1 and 200),
  created_at  timestamptz not null default now()
);

create table project (
  id           uuid primary key,
  tenant_id    uuid not null references tenant (id),
  name         text not null check (length(name) between 1 and 200),
  created_at   timestamptz not null default now(),
  archived_at  timestamptz,
  unique (tenant_id, id)
);
create index project_of_tenant on project (tenant_id, created_at, id);

create table project_limits (
  project_id           uuid primary key,
  tenant_id            uuid not null,
  requests_per_minute  integer not null check (requests_per_minute between 1 and 1000000),
  tokens_per_minute    integer not null check (tokens_per_minute between 1 and 1000000000),
  concurrent_jobs      integer not null check (concurrent_jobs between 1 and 10000),
  foreign key (tenant_id, project_id) references project (tenant_id, id)
);

create table api_key (
  id            uuid primary key,
  tenant_id     uuid not null,
  project_id    uuid not null,
  name          text not null check (length(name) between 1 and 200),
  prefix        text not null check (length(prefix) between 1 and 32),
  key_hash      text not null unique check (key_hash ~ '^[0-9a-f]{64}$'),
  scopes        text[] not null check (cardinality(scopes) between 1 and 16),
  created_at    timestamptz not null default now(),
  expires_at    timestamptz,
  revoked_at    timestamptz,
  last_used_at  timestamptz,
  unique (tenant_id, id),
  foreign key (tenant_id, project_id) references project (tenant_id, id)
);
create index api_key_of_project on api_key (tenant_id, project_id, created_at, id);

-- An instance of the gateway that is alive says so every few seconds.
create table instance (
  id       uuid primary key,
  seen_at  timestamptz not null
);

create table job (
  id                 text primary key check (id ~ '^[0-9a-f]{32}$'),
  tenant_id          uuid not null,
  project_id         uuid not null,
  key_id             uuid not null,
  model              text not null,
  protection         text not null check (protection in ('passive', 'compared')),
  prompt_tokens      integer not null check (prompt_tokens > 0),
  max_tokens         integer not null check (max_tokens > 0),
  deadline           timestamptz not null,
  -- The instance that hosts its enclave; null where the caller does.
  hosted_by          uuid,
  state              text not null default 'requested' check (state in ('requested', 'placed', 'ended')),
  finish_reason      text check (finish_reason in ('FINISHED', 'CANCELLED', 'DISTRUSTED')),
  -- Signed manifests: public.
  placement          text,
  outcome            text check (outcome in ('COMPLETED', 'CANCELLED', 'REFUSED', 'FAILED', 'EXPIRED')),
  code               text not null default '',
  message            text not null default '',
  retryable          boolean not null default false,
  read_tokens        integer not null default 0,
  completion_tokens  integer not null default 0,
  created_at         timestamptz not null default now(),
  ended_at           timestamptz,
  check ((state = 'ended') = (outcome is not null)),
  foreign key (tenant_id, key_id) references api_key (tenant_id, id)
);
create index job_of_tenant on job (tenant_id, created_at);
create index job_hosted on job (hosted_by) where state <> 'ended' and finish_reason is null;
create index job_live on job (deadline) where state <> 'ended';

-- A tenant's own row is told by its id.
alter table tenant enable row level security;
alter table tenant force row level security;
create policy own_tenant on tenant using (id = current_tenant()) with check (id = current_tenant());
call close_by_tenant('project');
call close_by_tenant('project_limits');
call close_by_tenant('api_key');
call close_by_tenant('job');

create policy key_that_is_shown on api_key for select
  using (key_hash = nullif(current_setting('sotto.key_hash', true), ''));

create policy worker_reads on tenant for select using (is_worker());
create policy worker_reads on job for select using (is_worker());
create policy worker_changes on job for update using (is_worker()) with check (is_worker());
create policy worker_forgets on job for delete
  using (is_worker() and state = 'ended' and ended_at < now() - interval '30 days');

-- What is revoked or archived stays, for jobs and accounts name it.
revoke delete on tenant, project, project_limits, api_key from gateway_app;
