-- Forges by host, and pull requests, remarks and issues as the forge last told of them (R-PIPE-7, R-SEN-5, R-SEN-6,
-- R-SEN-7).

-- A forge that Moose may use, and the limits of its host for all machines. Credentials are named here, never stored.
create table forge_hosts (
  -- The host as in the addresses of remotes, in lower case, with a port if it has one.
  host text primary key,
  kind text not null check (kind in ('github', 'gitea', 'gitlab')),
  api_url text not null check (api_url ~ '^https?://[^@?#]+$'),
  -- Where each machine finds the credential: {"source": "env", "name": …}, {"source": "file", "path": …},
  -- {"source": "gh"} or {"source": "app", "appId": …, "key": {…}}.
  credential jsonb not null check (jsonb_typeof(credential) = 'object'),
  -- Where the server finds the secret of this host's webhooks; null: webhooks of this host are refused.
  webhook_secret jsonb check (jsonb_typeof(webhook_secret) = 'object'),
  paused_until timestamptz,
  paused_because text,
  -- The number of pauses in a row without a given time: the next one is longer.
  pauses integer not null default 0,
  -- Writes to a host are a second apart, over all machines.
  next_write_at timestamptz,
  limit_total integer,
  limit_remaining integer,
  limit_reset_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- The forge gives the numbers, and a branch may have several pull requests over time, one of them open.
alter table pull_requests
  drop constraint pull_requests_pkey,
  drop constraint pull_requests_project_id_head_branch_key,
  add column host text not null default 'local',
  add column repository text not null default '',
  add column url text,
  add column is_draft boolean not null default false,
  -- Null: the forge has not told, which is not false.
  add column mergeable boolean,
  add column verdict text check (verdict in ('green', 'red', 'running', 'none')),
  -- The commit that the verdict and the checks are about.
  add column verdict_sha text,
  add column verdict_at timestamptz,
  add column checks jsonb not null default '[]' check (jsonb_typeof(checks) = 'array'),
  -- What the work order waits for, in words; null if for nothing.
  add column waiting_for text,
  add column merge_queued_at timestamptz,
  add column looked_at timestamptz,
  -- Null: nobody looks at it any more.
  add column next_look_at timestamptz,
  -- The number of looks in a row that found nothing new: the next one comes later.
  add column looks_unchanged integer not null default 0,
  add column remarks_read_to timestamptz,
  add column reverted_sha text,
  add primary key (project_id, host, repository, number);
create unique index pull_requests_open on pull_requests (project_id, host, repository, head_branch, base_branch)
  where state = 'open';
create index pull_requests_due on pull_requests (next_look_at) where next_look_at is not null;
create index pull_requests_work_order on pull_requests (work_order_id);

-- Reviews and comments: text of people who may be strangers.
create table pull_request_remarks (
  project_id uuid not null,
  host text not null,
  repository text not null,
  number integer not null,
  -- The forge's identifier, with its kind.
  key text not null,
  kind text not null check (kind in ('comment', 'review', 'line')),
  author text not null,
  may_write boolean,
  body text not null,
  judgement text check (judgement in ('approved', 'changes_requested', 'commented', 'dismissed')),
  sha text,
  path text,
  line integer,
  thread_id text,
  is_resolved boolean not null default false,
  url text,
  written_at timestamptz not null,
  edited_at timestamptz not null,
  -- What became of it: `new` is not judged yet, `sent` went to the work order, `answered` was told what became of it.
  state text not null default 'new' check (state in ('new', 'ignored', 'command', 'sent', 'answered')),
  because text,
  -- The commit that answers it.
  answered_sha text,
  seen_at timestamptz not null default clock_timestamp(),
  acted_at timestamptz,
  primary key (project_id, host, repository, number, key),
  foreign key (project_id, host, repository, number)
    references pull_requests (project_id, host, repository, number) on delete cascade
);
create index pull_request_remarks_waiting on pull_request_remarks (project_id, state) where state in ('new', 'sent');

-- Issues that became work orders: each at most once.
create table forge_issues (
  project_id uuid not null references projects (id),
  host text not null,
  repository text not null,
  number integer not null,
  url text not null,
  title text not null,
  author text not null,
  labelled_by text,
  -- `waiting` is not judged yet; `refused` says why in `because`.
  state text not null default 'waiting' check (state in ('waiting', 'refused', 'taken')),
  because text,
  work_order_id uuid references work_orders (id),
  -- The text of the one comment that reports the state, as last written.
  told text,
  told_at timestamptz,
  next_look_at timestamptz,
  seen_at timestamptz not null default clock_timestamp(),
  primary key (project_id, host, repository, number)
);
create index forge_issues_work_order on forge_issues (work_order_id);
create index forge_issues_due on forge_issues (next_look_at) where next_look_at is not null;
