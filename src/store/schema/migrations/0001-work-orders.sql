-- Work orders, their runs, and all that Moose did for them.
-- Money is bigint nano-dollars; times are timestamptz; ids are UUIDs made by the application (version 7).

create type work_order_status as enum
  ('pending', 'in_progress', 'needs_review', 'completed', 'failed', 'cancelled');
create type work_order_step as enum
  ('routing', 'generating', 'applying', 'verifying', 'creating_pr', 'tracking', 'awaiting_ci');
create type work_order_step_state as enum
  ('running', 'retrying', 'exhausted', 'rolling_back', 'rollback_pending', 'manual_intervention_required', 'done');
create type failure_class as enum
  ('compile_error', 'contract_violation', 'test_fail', 'lint_error', 'orchestration_error',
   'budget_exceeded', 'dependency_missing', 'timeout', 'unknown');

-- Filled from src/domain/transitions.ts at every start: one source, two guards.
create table legal_transitions (
  kind text not null check (kind in ('status', 'step', 'step_state')),
  from_value text not null,
  to_value text not null,
  primary key (kind, from_value, to_value)
);

create table projects (
  id uuid primary key,
  name text not null unique,
  repository_path text not null unique,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now()
);

create table work_orders (
  id uuid primary key,
  project_id uuid not null references projects,
  title text not null check (length(title) between 1 and 500),
  description text not null default '',
  acceptance text not null default '',
  status work_order_status not null default 'pending',
  step work_order_step,
  step_state work_order_step_state,
  failure_class failure_class,
  -- The newest failure in words: {code, message, advice}.
  failure jsonb,
  run integer not null default 0,
  settings jsonb not null default '{}',
  limit_nano_usd bigint check (limit_nano_usd > 0),
  time_limit_ms integer not null check (time_limit_ms > 0),
  base_branch text,
  base_sha text,
  branch text,
  pull_request_url text,
  -- These only ever grow (R-PIPE-12): no recovery, restart or change of status resets them.
  agent_runs integer not null default 0,
  model_calls integer not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  cost_nano_usd bigint not null default 0,
  refinement_cycles integer not null default 0,
  -- A human raises this by asking for another run; nothing automatic does.
  refinement_cycles_max integer not null default 3,
  -- The counters as they stood at the newest verified progress: what was spent since came to nothing so far.
  progressed_at timestamptz,
  agent_runs_at_progress integer not null default 0,
  model_calls_at_progress integer not null default 0,
  cost_at_progress_nano_usd bigint not null default 0,
  is_scripted boolean not null default false,
  cancel_requested_at timestamptz,
  parked_at timestamptz,
  parked_because text,
  -- Who made the newest change, and why: the trigger copies both into work_order_events.
  changed_by text not null,
  changed_because text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  check (status <> 'completed' or step_state = 'done'),
  check (status <> 'in_progress' or step is not null)
);
create index work_orders_status on work_orders (status, updated_at);
create index work_orders_project on work_orders (project_id, created_at);

create table work_order_events (
  id bigint generated always as identity primary key,
  work_order_id uuid not null references work_orders,
  at timestamptz not null default clock_timestamp(),
  -- 'transition', or what else happened: 'progress', 'step.finished', 'check.finished', 'session.started', …
  kind text not null,
  from_state jsonb,
  to_state jsonb,
  actor text not null,
  reason text not null default '',
  detail jsonb not null default '{}',
  -- Set on progress alone: the verified fact, which counts once (R-PIPE-12).
  fact_key text,
  unique (work_order_id, fact_key)
);
create index work_order_events_order on work_order_events (work_order_id, id);

create function work_orders_guard() returns trigger language plpgsql as $$
declare
  changed record;
begin
  for changed in
    select * from (values
      ('status', old.status::text, new.status::text),
      ('step', coalesce(old.step::text, 'none'), coalesce(new.step::text, 'none')),
      ('step_state', coalesce(old.step_state::text, 'none'), coalesce(new.step_state::text, 'none'))
    ) as pair (kind, from_value, to_value)
    where pair.from_value <> pair.to_value
  loop
    if not exists (
      select 1 from legal_transitions t
      where t.kind = changed.kind and t.from_value = changed.from_value and t.to_value = changed.to_value
    ) then
      raise exception 'Invalid state transition: % % → %', changed.kind, changed.from_value, changed.to_value
        using errcode = 'MS001';
    end if;
  end loop;
  if new.agent_runs < old.agent_runs or new.model_calls < old.model_calls
    or new.input_tokens < old.input_tokens or new.output_tokens < old.output_tokens
    or new.cost_nano_usd < old.cost_nano_usd or new.refinement_cycles < old.refinement_cycles
    or new.run < old.run
  then
    raise exception 'A work order''s counters only ever grow' using errcode = 'MS002';
  end if;
  if old.parked_at is not null and new.changed_by not like 'human:%' and (
    new.parked_at is null or new.status is distinct from old.status or new.run is distinct from old.run)
  then
    raise exception 'A parked work order is moved by a human alone' using errcode = 'MS003';
  end if;
  new.updated_at := clock_timestamp();
  return new;
end $$;
create trigger work_orders_guard before update on work_orders
  for each row execute function work_orders_guard();

create function work_orders_record() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into work_order_events (work_order_id, kind, to_state, actor, reason)
    values (new.id, 'transition', jsonb_build_object('status', new.status), new.changed_by, new.changed_because);
  elsif (old.status, old.step, old.step_state) is distinct from (new.status, new.step, new.step_state) then
    insert into work_order_events (work_order_id, kind, from_state, to_state, actor, reason)
    values (new.id, 'transition',
      jsonb_build_object('status', old.status, 'step', old.step, 'step_state', old.step_state),
      jsonb_build_object('status', new.status, 'step', new.step, 'step_state', new.step_state),
      new.changed_by, new.changed_because);
  end if;
  return null;
end $$;
create trigger work_orders_record after insert or update on work_orders
  for each row execute function work_orders_record();

create function work_order_events_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_events', new.work_order_id::text);
  return null;
end $$;
create trigger work_order_events_notify after insert on work_order_events
  for each row execute function work_order_events_notify();

-- A run is one pass over a work order, from its first step on; the newest run is the work order's `run`.
create table runs (
  id uuid primary key,
  work_order_id uuid not null references work_orders,
  number integer not null,
  kind text not null check (kind in ('work', 'undo')),
  first_step work_order_step,
  state text not null default 'running' check (state in ('running', 'ended')),
  outcome text,
  -- Raised by every process that takes the run up; a write that names an older fence changes nothing.
  fence integer not null default 0,
  executor text,
  -- How often a step was begun since one last finished: a run that kills its processes is stopped by this.
  takeups integer not null default 0,
  leg integer not null default 0,
  cycle integer not null default 0,
  step_attempt integer not null default 0,
  waiting_for text,
  wake_at timestamptz,
  settings jsonb not null default '{}',
  reservation_id uuid,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (work_order_id, number)
);
create unique index runs_one_at_a_time on runs (work_order_id) where state = 'running';

create table step_results (
  run_id uuid not null references runs,
  work_order_id uuid not null references work_orders,
  step work_order_step not null,
  cycle integer not null,
  result jsonb not null,
  started_at timestamptz not null,
  finished_at timestamptz not null default clock_timestamp(),
  primary key (run_id, step, cycle)
);
create index step_results_newest on step_results (work_order_id, step, finished_at desc);

-- Everything Moose does to the world outside its tables, recorded before it is done.
create table effects (
  id bigint generated always as identity primary key,
  work_order_id uuid not null references work_orders,
  run_id uuid not null references runs,
  kind text not null check (kind in ('worktree', 'branch', 'session', 'push', 'pull_request', 'hold', 'comment')),
  key text not null unique,
  state text not null check (state in ('intended', 'done', 'undone', 'undo_failed')),
  detail jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index effects_work_order on effects (work_order_id, id);

create table sessions (
  id uuid primary key,
  work_order_id uuid not null references work_orders,
  run_id uuid not null references runs,
  purpose text not null check (purpose in ('agent', 'check')),
  name text not null,
  cycle integer not null,
  attempt integer not null,
  host text not null,
  directory text not null,
  command text not null,
  state text not null check (state in ('intended', 'running', 'exited', 'stopped', 'lost')),
  handle jsonb,
  exit_code integer,
  signal text,
  end_reason text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  unique (run_id, purpose, name, cycle, attempt)
);
create index sessions_open on sessions (state) where state in ('intended', 'running');
create index sessions_work_order on sessions (work_order_id, created_at);

create table artifacts (
  id uuid primary key,
  work_order_id uuid not null references work_orders,
  run_id uuid not null references runs,
  cycle integer not null,
  kind text not null,
  content bytea not null,
  created_at timestamptz not null default now(),
  unique (run_id, cycle, kind)
);
create index artifacts_newest on artifacts (work_order_id, kind, created_at desc);

-- The local forge's pull requests: one for each branch of a project.
create table pull_requests (
  project_id uuid not null references projects,
  number integer not null,
  work_order_id uuid not null references work_orders,
  title text not null,
  body text not null,
  head_branch text not null,
  head_sha text not null,
  base_branch text not null,
  base_sha text not null,
  state text not null default 'open' check (state in ('open', 'merged', 'closed')),
  merged_sha text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (project_id, number),
  unique (project_id, head_branch)
);
