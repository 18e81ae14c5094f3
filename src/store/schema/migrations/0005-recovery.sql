-- What recovery needs to know, and what a human is asked: every error with its context, circuits that all machines
-- share, questions with their options, and what has to be delivered.

-- An error must be kept whatever it is about, also when what it names is not a row (yet): no reference may refuse it.
alter table error_events
  drop constraint error_events_work_order_id_fkey,
  drop constraint error_events_session_id_fkey,
  add column run_id uuid,
  add column type text not null default 'process'
    check (type in ('network', 'process', 'coordination', 'resource', 'validation', 'timeout')),
  add column recoverability text not null default 'recoverable'
    check (recoverability in ('recoverable', 'degradable', 'fatal')),
  add column retryable boolean not null default false,
  add column fallback_available boolean not null default false,
  -- What decided the class: a rule of the classifier or the error's own code; and how sure it is, in [0, 1].
  add column rule text,
  add column confidence double precision check (confidence between 0 and 1),
  add column resolved_at timestamptz;
create index error_events_unresolved on error_events (run_id, step) where recovery_success is null;

-- One row per circuit: written on transitions alone, and only by who knows of a lower generation.
create table circuit_states (
  key text primary key,
  kind text not null check (kind in ('provider', 'model', 'forge', 'agent', 'git', 'notifier')),
  phase text not null check (phase in ('closed', 'open', 'half_open')),
  generation bigint not null,
  state jsonb not null,
  -- The failure that opened it last: {code, message}.
  because jsonb,
  opened_at timestamptz,
  -- When who opened it tries it again.
  not_before timestamptz,
  -- How often it has opened since it was last closed.
  openings integer not null default 0,
  -- The human who keeps it open until a human resets it.
  held_by text,
  updated_by text not null,
  updated_at timestamptz not null default clock_timestamp()
);
create function circuit_states_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_circuits', new.key);
  return null;
end $$;
create trigger circuit_states_notify after insert or update on circuit_states
  for each row execute function circuit_states_notify();

-- What recovery has used up of a work order; the counters only ever grow (R-PIPE-12).
alter table work_orders
  add column metadata jsonb not null default '{}',
  add column recovery_attempts integer not null default 0,
  -- Instants of the recoveries that still count, in milliseconds of the epoch (R-REC-3).
  add column recoveries jsonb not null default '[]',
  add column retry_budget jsonb,
  add column wasted_nano_usd bigint not null default 0;
create function work_orders_guard_recovery() returns trigger language plpgsql as $$
begin
  if new.recovery_attempts < old.recovery_attempts or new.wasted_nano_usd < old.wasted_nano_usd then
    raise exception 'A work order''s counters only ever grow' using errcode = 'MS002';
  end if;
  return new;
end $$;
create trigger work_orders_guard_recovery before update on work_orders
  for each row execute function work_orders_guard_recovery();

-- The circuit that a pausing run waits for: it goes on when that is closed.
alter table runs
  add column paused_by text,
  add column paused_at timestamptz,
  -- How often it has paused since a step last finished.
  add column pauses integer not null default 0;
create index runs_paused on runs (paused_by) where paused_by is not null and state = 'running';

alter table escalations
  drop constraint escalations_status_check,
  -- 'chosen': answered, and being carried out; 'failed': the choice could not be carried out, and it is asked again.
  add constraint escalations_status_check check (status in ('open', 'chosen', 'resolved', 'withdrawn')),
  add column component text not null default 'pipeline',
  add column operation text not null default 'run',
  add column severity text not null default 'high' check (severity in ('low', 'medium', 'high', 'critical')),
  add column code text,
  add column run_id uuid,
  -- Questions of one cause are one question: at most one is open for a key.
  add column group_key text,
  add column note text,
  add column makes_policy boolean not null default false,
  add column default_option text,
  add column default_at timestamptz,
  add column reminders integer not null default 0,
  add column reminded_at timestamptz,
  add column carry_out_attempts integer not null default 0,
  add column carry_out_failure text,
  add column resolution jsonb,
  add column updated_at timestamptz not null default clock_timestamp();
-- Options of before had a name, a label and a command alone. Another model was theirs to name, and no option names none.
update escalations set options = coalesce((
  select jsonb_agg(jsonb_build_object(
      'kind', case when each ->> 'id' in ('retry', 'refine', 'undo') then each ->> 'id' else 'wait' end,
      'costNanoUsd', null, 'risk', 'low', 'chance', null, 'chanceOf', 0)
    || case when each ->> 'id' = 'refine' then '{"needsNote": true, "from": "generating"}' else '{}' end::jsonb
    || each order by place)
  from jsonb_array_elements(options) with ordinality as all_of_them (each, place)
  where each ->> 'id' <> 'other_model'), '[]');
create unique index escalations_one_open_per_group on escalations (group_key)
  where status in ('open', 'chosen') and group_key is not null;

-- The work orders that wait for the answer to a question that is asked once for all of them.
create table escalation_members (
  escalation_id uuid not null references escalations,
  work_order_id uuid not null references work_orders,
  joined_at timestamptz not null default clock_timestamp(),
  left_at timestamptz,
  primary key (escalation_id, work_order_id)
);
create index escalation_members_work_order on escalation_members (work_order_id);

-- Answers that hold from now on: 'always, for this kind of failure in this project' (R-ESC-4).
create table answer_policies (
  id uuid primary key,
  -- Null: in every project.
  project_id uuid references projects,
  failure_class failure_class not null,
  code text not null,
  option jsonb not null,
  note text,
  escalation_id uuid references escalations,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  uses integer not null default 0,
  last_used_at timestamptz,
  revoked_by text,
  revoked_at timestamptz
);
create unique index answer_policies_one on answer_policies (coalesce(project_id::text, ''), failure_class, code)
  where revoked_at is null;

alter table system_alerts
  -- Alerts of one cause are one alert: at most one is open for a key.
  add column key text,
  add column operation text not null default 'run',
  add column code text,
  add column times integer not null default 1,
  add column last_seen_at timestamptz not null default clock_timestamp(),
  add column resolved_by text;
create unique index system_alerts_one_open on system_alerts (key) where resolved_at is null and key is not null;
create index system_alerts_open on system_alerts (created_at) where resolved_at is null;

-- What is to be delivered to people's channels; the id is the cursor of live readers.
create table outbox (
  id bigint generated always as identity primary key,
  -- What makes it one delivery: `kind:subject:channel`.
  key text not null unique,
  kind text not null,
  channel text not null,
  payload jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default clock_timestamp(),
  last_failure text,
  created_at timestamptz not null default clock_timestamp(),
  delivered_at timestamptz
);
create index outbox_waiting on outbox (channel, id) where state = 'waiting';
create function outbox_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_outbox', new.id::text);
  return null;
end $$;
create trigger outbox_notify after insert on outbox for each row execute function outbox_notify();

-- A webhook names a branch, and says nothing about projects.
create index pull_requests_head_branch on pull_requests (head_branch);
create index pull_requests_head_sha on pull_requests (head_sha);

-- Deliveries of forges' webhooks: each counts once, and one that comes too early waits (R-SEN-1, R-SEN-2).
create table webhook_deliveries (
  id text primary key,
  source text not null,
  event text not null,
  payload jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'ignored', 'failed')),
  retry_count integer not null default 0,
  next_attempt_at timestamptz not null default clock_timestamp(),
  work_order_id uuid references work_orders,
  failure text,
  received_at timestamptz not null default clock_timestamp(),
  processed_at timestamptz
);
create index webhook_deliveries_waiting on webhook_deliveries (next_attempt_at) where state = 'waiting';

-- What Moose does without for a while, and why: each ends by itself when its cause is gone (R-REC-4).
create table degradations (
  id uuid primary key,
  key text not null,
  feature text not null,
  because text not null,
  work_order_id uuid references work_orders,
  metadata jsonb not null default '{}',
  since timestamptz not null default clock_timestamp(),
  -- It has ended by then unless it is said again: whoever said it may have died.
  lapses_at timestamptz,
  until timestamptz
);
create unique index degradations_one_open on degradations (key) where until is null;

-- What was last seen of work that is under way, where its processes run: progress that no other row tells of.
create table progress_observations (
  work_order_id uuid primary key references work_orders,
  -- The most that each process of a run has written: {"<run>:<cycle>:<purpose>:<name>": bytes}.
  output_bytes jsonb not null default '{}',
  -- The trees that its worktree has stood at.
  trees jsonb not null default '[]',
  progressed_at timestamptz,
  progress text,
  observed_at timestamptz not null default clock_timestamp(),
  -- When a human was last asked about its standstill.
  escalated_at timestamptz
);

-- Warnings before a limit is crossed, and what came of each: their precision is measured from these rows (R-REC-9).
create table forecasts (
  id uuid primary key,
  key text not null,
  -- 'failure_rate', 'latency', 'refusals', 'retries', 'no_progress', …
  signal text not null,
  component text not null,
  subject text not null,
  value double precision not null,
  threshold double precision not null,
  work_order_id uuid references work_orders,
  message text not null,
  raised_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  came_true boolean,
  saved_nano_usd bigint not null default 0
);
create unique index forecasts_one_open on forecasts (key) where ended_at is null;
create index forecasts_ended on forecasts (key, ended_at);
-- What trends are read from: the newest hours, again and again.
create index work_order_events_trends on work_order_events (at) where kind in ('model.answered', 'step.finished');
create index cost_tracking_settled on cost_tracking (settled_at) where type = 'actual';
create index outcome_vectors_created_at on outcome_vectors (created_at);

-- Who may call the interface, by the hash of a token; and every change that was made through it (R-SEC-1, R-BASE-3).
create table api_tokens (
  id uuid primary key,
  name text not null,
  hash bytea not null unique,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  last_used_at timestamptz,
  revoked_at timestamptz
);
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  act text not null,
  subject text,
  detail jsonb not null default '{}'
);
create index audit_log_at on audit_log (at);
