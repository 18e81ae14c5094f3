comment on schema moose is 'Tables of Moose. Upgrade them by starting a newer Moose; change them by its commands.';

create type failure_class as enum ('compile_error', 'contract_violation', 'test_fail', 'lint_error', 'orchestration_error',
    'budget_exceeded', 'dependency_missing', 'timeout', 'unknown');
create type work_order_status as enum ('pending', 'in_progress', 'needs_review', 'completed', 'failed', 'cancelled');
create type work_order_step as enum ('routing', 'preparing', 'generating', 'applying', 'verifying', 'creating_pr',
    'tracking', 'awaiting_ci');
create type work_order_step_state as enum ('running', 'retrying', 'exhausted', 'rolling_back', 'rollback_pending',
    'manual_intervention_required', 'done');

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
  repository_path text unique,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  -- In one form for all spellings; never with a password.
  remote_url text unique check (remote_url ~ '^(https?|ssh|file)://' and remote_url !~ '://[^/]*:[^/@]*@'),
  -- What git is called with: as it was given, without credentials.
  remote_address text check (remote_address !~ '://[^/]*:[^/@]*@'),
  default_branch text,
  removed_at timestamptz,
  constraint projects_place check (num_nonnulls(repository_path, remote_url) = 1),
  constraint projects_remote check ((remote_url is null) = (remote_address is null))
);

-- The plans of specs, each version with its author (R-SPEC-1, R-SPEC-4), and the requests that make the Architect write
-- one. A request has an account of its own: outside the day's limit, inside the month's (R-BUD-8).
create table plannings (
  id uuid primary key,
  spec_id uuid not null,
  project_id uuid not null references projects (id),
  state text not null default 'asked' check (state in ('asked', 'working', 'planned', 'failed', 'cancelled')),
  model text not null,
  -- What the request may cost in all; it was shown before it was made.
  limit_nano_usd bigint not null check (limit_nano_usd > 0),
  reservation_id uuid,
  base_branch text,
  base_sha text,
  -- Recorded before each call, so that calls whose process died count too.
  calls integer not null default 0,
  -- Answers that were judged: the first plan, and each repair.
  rounds integer not null default 0,
  failure jsonb,
  asked_by text not null,
  asked_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  -- Raised before the repository is read: a repository that ends the process is given up after a few starts.
  starts integer not null default 0,
  -- What each machine lacks that cannot plan it, by its name; and since when the first one lacks it.
  declined jsonb not null default '{}',
  declined_since timestamptz,
  -- An answer is here until it is judged, so that nobody pays for it a second time.
  answer jsonb,
  -- What a person wants to be different from the plan before.
  remark text,
  -- Who wants the plan to run: the Director decides about it as soon as it is valid.
  run_for text,
  decided_at timestamptz,
  -- What the Director has approved, until its work orders are there; and its decisions about a spec.
  approving_version integer,
  -- For whom a plan is made, if a program asks with a token of a person; otherwise whoever asks.
  requested_by text
);
create unique index plannings_one_open on plannings (spec_id) where ended_at is null;
create index plannings_spec on plannings (spec_id, asked_at);
create index plannings_undecided on plannings (asked_at)
  where state = 'planned' and run_for is not null and decided_at is null;

create table spec_plans (
  id uuid primary key,
  spec_id uuid not null,
  version integer not null,
  plan jsonb not null,
  -- Empty if the plan is valid.
  problems jsonb not null,
  -- Null for a person's version.
  planning_id uuid references plannings (id),
  made_by text not null,
  because text not null,
  created_at timestamptz not null default clock_timestamp(),
  -- An answer that came after a person's edit is kept, and is never the newest version.
  is_aside boolean not null default false,
  unique (spec_id, version)
);

create table specs (
  id uuid primary key,
  project_id uuid references projects (id),
  name text not null,
  content text not null,
  estimate jsonb not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  -- Null until a plan is approved. While `approved` or `paused`, no further work order starts.
  run_state text check (run_state in ('approved', 'running', 'paused', 'done', 'cancelled')),
  approved_version integer,
  approved_by text,
  approved_at timestamptz,
  -- Who changed run_state last, and when.
  run_changed_by text,
  run_changed_at timestamptz,
  constraint specs_approved_check check ((num_nulls(run_state, approved_version, approved_by, approved_at, run_changed_by,
      run_changed_at) % 6) = 0),
  constraint specs_approved_plan foreign key (id, approved_version) references spec_plans (spec_id, version)
);
create index specs_created on specs (created_at, id);
create index specs_running on specs (id) where run_state = 'running';

create table work_orders (
  id uuid primary key,
  project_id uuid not null references projects (id),
  title text not null check (length(title) >= 1 and length(title) <= 500),
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
  metadata jsonb not null default '{}',
  recovery_attempts integer not null default 0,
  -- Instants of the recoveries that still count, in milliseconds of the epoch (R-REC-3).
  recoveries jsonb not null default '[]',
  retry_budget jsonb,
  wasted_nano_usd bigint not null default 0,
  held_by text,
  held_at timestamptz,
  needs_approval boolean not null default false,
  approved_by text,
  approved_at timestamptz,
  is_verified boolean,
  not_verified_because text,
  spec_id uuid references specs (id),
  -- The key of the work order in the plan; null for one that another has replaced.
  plan_key text,
  -- How many of its dependencies are not met. It starts when there is none left.
  waits_for integer not null default 0 check (waits_for >= 0),
  -- What it was expected to cost when its plan was approved.
  estimate_low_nano_usd bigint,
  estimate_high_nano_usd bigint,
  -- The work order from whose branch this one started (R-SPEC-5): its change stands on that one's, and follows it.
  stacked_on uuid references work_orders (id),
  -- Who asked for each work order, and limits per person and per project for a day and a month.
  requested_by text not null default '',
  constraint work_orders_approved_check check ((approved_by is null) = (approved_at is null)),
  constraint work_orders_check check (status <> 'completed' or step_state = 'done'),
  constraint work_orders_check1 check (status <> 'in_progress' or step is not null),
  constraint work_orders_estimate_check check (num_nulls(estimate_low_nano_usd, estimate_high_nano_usd) <> 1
      and estimate_low_nano_usd <= estimate_high_nano_usd),
  constraint work_orders_held_check check ((held_by is null) = (held_at is null)),
  constraint work_orders_not_verified check ((is_verified is false) = (not_verified_because is not null)),
  constraint work_orders_planned_check check (plan_key is null or spec_id is not null),
  constraint work_orders_requested check (requested_by <> '')
);
-- People copy the end of an id off the screen; backwards it is a beginning, which an index finds.
create index work_orders_called on work_orders (reverse(right(id::text, 12)) text_pattern_ops);
create index work_orders_dearest on work_orders (cost_nano_usd desc, id desc);
-- Of those that are not over, too: at any day in the past, what was open is what had begun and was not over.
create index work_orders_finished on work_orders (finished_at) include (status, created_at);
-- Lists, lanes and their totals are read off this index alone, whatever they are filtered and sorted by: the rows of a
-- page are the only ones that are fetched. An update of a work order writes to every index as it is, since each changes
-- `updated_at`.
create index work_orders_listed on work_orders (created_at desc, id desc)
  include (project_id, status, step, failure_class, needs_approval, approved_at, updated_at, cost_nano_usd, title);
-- Those that keep the run of their spec from ending: at work, in front of a person, or about to start.
create index work_orders_movable on work_orders (spec_id) where spec_id is not null
  and (status in ('in_progress', 'needs_review') or (status = 'pending' and waits_for = 0));
create unique index work_orders_plan_key on work_orders (spec_id, plan_key) where spec_id is not null;
create index work_orders_project on work_orders (project_id, created_at);
create index work_orders_stacked_on on work_orders (stacked_on) where stacked_on is not null;
create index work_orders_status on work_orders (status, updated_at);
-- Sorted otherwise, the page is the first rows of an index too, and not of a sort of all.
create index work_orders_touched on work_orders (updated_at desc, id desc);

create table work_order_events (
  id bigint generated always as identity primary key,
  work_order_id uuid not null references work_orders (id),
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
-- What trends are read from: the newest hours, again and again.
create index work_order_events_trends on work_order_events (at) where kind in ('model.answered', 'step.finished');

-- A run is one pass over a work order, from its first step on; the newest run is the work order's `run`.
create table runs (
  id uuid primary key,
  work_order_id uuid not null references work_orders (id),
  number integer not null,
  kind text not null check (kind in ('work', 'undo')),
  first_step work_order_step,
  state text not null default 'running' check (state in ('running', 'ended')),
  outcome text,
  -- Raised by every process that takes the run up; a write that names an older fence changes nothing.
  fence integer not null default 0,
  executor text,
  -- How often a step was begun since one last finished: a run that kills its processes is stopped by this.
  starts integer not null default 0,
  leg integer not null default 0,
  cycle integer not null default 0,
  step_attempt integer not null default 0,
  waiting_for text,
  wake_at timestamptz,
  settings jsonb not null default '{}',
  reservation_id uuid,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  paused_by text,
  paused_at timestamptz,
  -- How often it has paused since a step last finished.
  pauses integer not null default 0,
  declined_since timestamptz,
  declined_by text[] not null default '{}',
  declines integer not null default 0,
  unique (work_order_id, number)
);
create unique index runs_one_at_a_time on runs (work_order_id) where state = 'running';
create index runs_paused on runs (paused_by) where paused_by is not null and state = 'running';
-- Who waits in the queue, and behind how many.
create index runs_queued on runs (created_at) where state = 'running' and executor is null;

create table step_results (
  run_id uuid not null references runs (id),
  work_order_id uuid not null references work_orders (id),
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
  work_order_id uuid not null references work_orders (id),
  run_id uuid not null references runs (id),
  kind text not null check (kind in ('worktree', 'branch', 'session', 'push', 'pull_request', 'hold')),
  key text not null unique,
  state text not null check (state in ('intended', 'done', 'undone', 'undo_failed')),
  detail jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index effects_work_order on effects (work_order_id, id);

create table sessions (
  id uuid primary key,
  work_order_id uuid not null references work_orders (id),
  run_id uuid not null references runs (id),
  purpose text not null check (purpose in ('agent', 'check', 'service')),
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
  -- What a session's process can reach: `network`, the gateway alone; `none`, whatever its user can.
  isolation text not null default 'none' check (isolation in ('files', 'network', 'none')),
  -- A process on a machine whose work another machine has taken over: it may live, and only its own machine can tell.
  unreachable_since timestamptz,
  -- Until when a process may run stands with it: the setting that it was started under may have changed since (R-PIPE-13).
  time_limit_ms integer,
  egress text check (egress in ('none', 'gateway', 'listed', 'open')),
  refused jsonb,
  -- Since when it is ready; null: not yet, or it is no service.
  ready_at timestamptz,
  -- The address that people open to see it.
  preview_url text,
  -- Which data directory a session belongs to: two machines can have one name, one after the other, and neither may take the
  -- other's processes for its own (R-SES-1). Empty: an older version started it.
  machine text not null default '',
  -- How an agent's session reached its model: through the gateway, or with a person's own login (R-PROJ-9). Null: it calls no
  -- model, or an older version started it.
  way text check (way in ('gateway', 'login')),
  reported_input_tokens bigint check (reported_input_tokens >= 0),
  reported_output_tokens bigint check (reported_output_tokens >= 0),
  notional_nano_usd bigint check (notional_nano_usd >= 0),
  -- Until when the provider refuses the login, if it stopped the session for its usage limit.
  login_back_at timestamptz,
  -- The container image in which a session runs: its name, with the digest that it led to (R-SEC-5). Null: it runs with the
  -- programs of the machine.
  image text,
  -- What the repository of a trusted project gave an agent: instructions, skills and servers, by name, and what was left out
  -- (R-SEC-5). Null: the project is not trusted, or the session is no agent's.
  powers jsonb,
  -- The name of the tmux session in which a person can watch an agent; null: there is none.
  viewer text,
  unique (run_id, purpose, name, cycle, attempt)
);
create index sessions_by_login on sessions (host, name, created_at) where way = 'login';
-- Processes over all work orders, newest first.
create index sessions_newest on sessions (created_at desc, id desc);
create index sessions_open on sessions (state) where state in ('intended', 'running');
create index sessions_unreachable on sessions (host) where unreachable_since is not null;
create index sessions_work_order on sessions (work_order_id, created_at);

create table artifacts (
  id uuid primary key,
  work_order_id uuid not null references work_orders (id),
  run_id uuid not null references runs (id),
  cycle integer not null,
  kind text not null,
  content bytea not null,
  created_at timestamptz not null default now(),
  unique (run_id, cycle, kind)
);
create index artifacts_newest on artifacts (work_order_id, kind, created_at desc);

-- The local forge's pull requests: one for each branch of a project.
create table pull_requests (
  project_id uuid not null references projects (id),
  number integer not null,
  work_order_id uuid not null references work_orders (id),
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
  host text not null default 'local',
  repository text not null default '',
  url text,
  is_draft boolean not null default false,
  -- Null: the forge has not told, which is not false.
  mergeable boolean,
  verdict text check (verdict in ('green', 'red', 'running', 'none')),
  -- The commit that the verdict and the checks are about.
  verdict_sha text,
  verdict_at timestamptz,
  checks jsonb not null default '[]' check (jsonb_typeof(checks) = 'array'),
  -- What the work order waits for, in words; null if for nothing.
  waiting_for text,
  merge_queued_at timestamptz,
  looked_at timestamptz,
  -- Null: nobody looks at it any more.
  next_look_at timestamptz,
  -- The number of looks in a row that found nothing new: the next one comes later.
  looks_unchanged integer not null default 0,
  remarks_read_to timestamptz,
  reverted_sha text,
  -- When Moose last pushed to it: checks appear some time after that.
  pushed_at timestamptz,
  -- Reruns, failures and updates so far; the shape is in src/engine/sentinel/followed.ts.
  followed jsonb not null default '{}' check (jsonb_typeof(followed) = 'object'),
  -- When Moose last asked the forge to merge a pull request, recorded before it asks: what the forge is to merge by itself is
  -- taken back even if Moose died before it recorded the answer.
  merge_asked_at timestamptz,
  primary key (project_id, host, repository, number)
);
create index pull_requests_due on pull_requests (next_look_at) where next_look_at is not null;
-- A webhook names a branch, and says nothing about projects.
create index pull_requests_head_branch on pull_requests (head_branch);
create index pull_requests_head_sha on pull_requests (head_sha);
create unique index pull_requests_open on pull_requests (project_id, host, repository, head_branch, base_branch)
  where state = 'open';
create index pull_requests_work_order on pull_requests (work_order_id);

-- What failed, what was asked of a human, what was decided, and what came of it.
create table error_events (
  id uuid primary key,
  timestamp timestamptz not null default clock_timestamp(),
  error_type text not null,
  severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
  component text not null,
  operation text not null,
  error_message text not null,
  stack text,
  failure_class failure_class not null,
  category text not null check (category in ('transient', 'permanent', 'configuration', 'external')),
  work_order_id uuid,
  session_id uuid,
  step work_order_step,
  attempt integer,
  fingerprint text not null,
  recovery_strategy text,
  recovery_success boolean,
  retry_count integer not null default 0,
  resolution_time_ms bigint,
  metadata jsonb not null default '{}',
  run_id uuid,
  type text not null default 'process' check (type in ('network', 'process', 'coordination', 'resource', 'validation',
      'timeout')),
  recoverability text not null default 'recoverable' check (recoverability in ('recoverable', 'degradable', 'fatal')),
  retryable boolean not null default false,
  fallback_available boolean not null default false,
  -- What decided the class: a rule of the classifier or the error's own code; and how sure it is, in [0, 1].
  rule text,
  confidence double precision check (confidence >= 0 and confidence <= 1),
  resolved_at timestamptz,
  -- The machine on which the failure occurred: its name, its load and its free memory at that moment.
  machine jsonb,
  -- When the row of a failure was written. The failure itself is older: its process ended, or its call failed, before that.
  recorded_at timestamptz default clock_timestamp()
);
create index error_events_called on error_events (reverse(right(id::text, 12)) text_pattern_ops);
create index error_events_class on error_events (failure_class, timestamp);
create index error_events_component on error_events (component, timestamp);
create index error_events_fingerprint on error_events (fingerprint, timestamp) include (work_order_id);
-- Targets per failure class read a month of resolved failures: from this index alone.
create index error_events_resolved on error_events (resolved_at)
  include (failure_class, recovery_success, resolution_time_ms) where resolved_at is not null;
create index error_events_timestamp on error_events (timestamp)
  include (failure_class, recovery_strategy, recovery_success, resolution_time_ms);
create index error_events_type on error_events (error_type, timestamp);
create index error_events_unresolved on error_events (run_id, step) where recovery_success is null;
create index error_events_work_order on error_events (work_order_id, timestamp) include (error_type);

create table escalations (
  id uuid primary key,
  work_order_id uuid references work_orders (id),
  failure_class failure_class not null,
  title text not null,
  context jsonb not null,
  options jsonb not null,
  recommended_option text,
  status text not null default 'open' check (status in ('open', 'chosen', 'resolved', 'withdrawn')),
  chosen_option text,
  resolved_by text,
  resolved_at timestamptz,
  created_at timestamptz not null default now(),
  component text not null default 'pipeline',
  operation text not null default 'run',
  severity text not null default 'high' check (severity in ('low', 'medium', 'high', 'critical')),
  code text,
  run_id uuid,
  -- Questions of one cause are one question: at most one is open for a key.
  group_key text,
  note text,
  makes_policy boolean not null default false,
  default_option text,
  default_at timestamptz,
  reminders integer not null default 0,
  reminded_at timestamptz,
  carry_out_failure text,
  resolution jsonb,
  updated_at timestamptz not null default clock_timestamp(),
  owner text,
  owned_since timestamptz,
  owners jsonb not null default '[]',
  constraint escalations_owner_since check ((owner is null) = (owned_since is null)),
  constraint escalations_owners_list check (jsonb_typeof(owners) = 'array')
);
-- Questions of whatever state, newest first.
create index escalations_newest on escalations (created_at desc, id desc);
create unique index escalations_one_open on escalations (work_order_id) where status = 'open';
create unique index escalations_one_open_per_group on escalations (group_key)
  where status in ('open', 'chosen') and group_key is not null;
create index escalations_open_of_owner on escalations (owner) where status in ('open', 'chosen');
create index escalations_status on escalations (status, created_at);

create table system_alerts (
  id uuid primary key,
  severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
  component text not null,
  message text not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  -- Alerts of one cause are one alert: at most one is open for a key.
  key text,
  operation text not null default 'run',
  code text,
  times integer not null default 1,
  last_seen_at timestamptz not null default clock_timestamp(),
  resolved_by text
);
create unique index system_alerts_one_open on system_alerts (key) where resolved_at is null and key is not null;
create index system_alerts_open on system_alerts (created_at) where resolved_at is null;

-- Two policies that share a project's work orders by chance, until it is clear which is better (R-LRN-5).
create table policy_experiments (
  id uuid primary key,
  project_id uuid not null references projects (id),
  -- `static`, `learned`, or `fixed:` and up to three arms.
  policy_a text not null,
  policy_b text not null,
  -- The share of the work orders that get policy a.
  share_of_a double precision not null check (share_of_a > 0 and share_of_a < 1),
  -- What a finished work order is taken to be worth, from the start to the end.
  value_nano_usd bigint not null check (value_nano_usd >= 0),
  cap_nano_usd bigint not null check (cap_nano_usd > 0),
  state text not null default 'running' check (state in ('running', 'decided', 'capped', 'stopped')),
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  ended_by text,
  ended_at timestamptz,
  -- The figures at the end; what is corrected later does not change them.
  result jsonb,
  constraint policy_experiments_check check (policy_b <> policy_a),
  constraint policy_experiments_check1 check ((state = 'running') = (ended_at is null)),
  constraint policy_experiments_check2 check ((ended_at is null) = (ended_by is null) and (ended_at is null) = (result is null))
);
create unique index policy_experiments_one_at_a_time on policy_experiments (project_id) where state = 'running';

create table decision_logs (
  id uuid primary key,
  work_order_id uuid references work_orders (id),
  kind text not null check (kind in ('routing', 'refinement_cycle', 'escalation', 'retry', 'skip')),
  agent_type text not null,
  input_context jsonb not null,
  decision_output jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  run_id uuid references runs (id),
  try integer check (try > 0),
  mode text check (mode in ('shadow', 'on')),
  -- Whose choice was acted upon.
  policy text check (policy in ('learned', 'static', 'fixed')),
  is_held_out boolean,
  -- What was acted upon; null: nothing, a person is asked.
  arm text,
  -- What the learned policy chose; null: to stop.
  learned_arm text,
  static_arm text,
  -- Of the learned policy, for each arm on offer and for `-`, which is to stop.
  propensities jsonb,
  candidates jsonb,
  features jsonb,
  price_version text,
  -- The experiment that ran when the first arm of the work order was chosen.
  experiment_id uuid references policy_experiments (id),
  -- Whose policy chooses for this work order; null: it is not part of the experiment.
  side text check (side in ('a', 'b')),
  -- The actual chance of each arm, with the assignment taken into account.
  acted jsonb,
  constraint decision_logs_choice_check check ((try is null) = (run_id is null) and (try is null) = (mode is null)
      and (try is null) = (policy is null) and (try is null) = (is_held_out is null)
      and (try is null) = (propensities is null) and (try is null) = (candidates is null)
      and (try is null) = (features is null) and (try is null) = (price_version is null)),
  constraint decision_logs_experiment_check check ((experiment_id is null or try is not null) and (side is null
      or acted is not null) and (acted is null or experiment_id is not null))
);
create index decision_logs_experiment on decision_logs (experiment_id, id) where experiment_id is not null;
create index decision_logs_spec on decision_logs ((input_context ->> 'spec_id'), created_at)
  where agent_type = 'director';
create unique index decision_logs_try on decision_logs (work_order_id, try) where try is not null;
create index decision_logs_work_order on decision_logs (work_order_id, created_at);

-- One row for each finished attempt, success or not (R-LRN-2).
create table outcome_vectors (
  id uuid primary key,
  work_order_id uuid not null references work_orders (id),
  run_id uuid not null references runs (id),
  success boolean not null,
  model text,
  agent text not null,
  complexity double precision not null,
  features jsonb not null,
  cost_nano_usd bigint not null,
  duration_ms bigint not null,
  refinement_cycles integer not null,
  failure_class failure_class,
  error_context jsonb,
  created_at timestamptz not null default now(),
  -- Who has to change before such an attempt can succeed: 'work' and 'time' are the model's to answer for. Null: it succeeded.
  fault text check (fault in ('work', 'time', 'passing', 'provider', 'setting', 'money', 'person')),
  -- The try of the work order, where arms are chosen: a run that goes on to another arm has several outcomes.
  try integer not null default 1 check (try > 0),
  arm text,
  -- `run`: the attempt failed before anything was published. Otherwise what judged the published change last.
  judged_by text check (judged_by in ('run', 'nothing', 'checks', 'ci', 'close', 'undo', 'merge', 'revert')),
  judged_at timestamptz,
  -- False for a run that only goes on with a change that was judged before, or brings it to its base branch.
  is_attempt boolean not null default true,
  -- Null: an older version wrote the row, and its fault decides.
  counts boolean,
  counts_because text,
  unique (run_id, try)
);
create index outcome_vectors_created_at on outcome_vectors (created_at);
create index outcome_vectors_work_order on outcome_vectors (work_order_id, created_at, id) include (cost_nano_usd);

-- Money: limits, windows, holds. At every instant spent + held + presumed <= limit (R-BUD-2).
create table system_config (
  key text primary key,
  value jsonb not null,
  updated_by text not null default 'moose',
  updated_at timestamptz not null default now()
);
insert into system_config (key, value) values
  ('budget.daily_limit_usd', '100'),
  ('budget.monthly_limit_usd', '500'),
  ('budget.warning_share', '0.5'),
  ('budget.time_zone', '"UTC"');

-- A window is a span of time or a thing that has a limit of its own. No table check holds the invariant:
-- a check would lose the record of an overrun; the reservation's predicate holds it instead.
create table budget_windows (
  key text primary key,
  limit_nano_usd bigint not null check (limit_nano_usd >= 0),
  held_nano_usd bigint not null default 0 check (held_nano_usd >= 0),
  spent_nano_usd bigint not null default 0 check (spent_nano_usd >= 0),
  presumed_nano_usd bigint not null default 0 check (presumed_nano_usd >= 0),
  overrun_nano_usd bigint not null default 0 check (overrun_nano_usd >= 0),
  is_frozen boolean not null default false,
  created_at timestamptz not null default now(),
  -- Of a window: when people were told that a good part of it is gone.
  warned_at timestamptz
);
create index budget_windows_frozen on budget_windows (key) where is_frozen;
-- Windows of people, of which those without a limit of their own are found only by their keys.
create index budget_windows_of_people on budget_windows (key) where key like 'person%';

create table cost_tracking (
  id uuid primary key,
  -- 'reservation': an envelope, held in windows. 'actual': one call, drawn from an envelope.
  type text not null check (type in ('reservation', 'actual')),
  -- 'sent': a call whose answer is not known yet; after a crash it becomes 'presumed', never free.
  status text not null check (status in ('held', 'sent', 'settled', 'presumed', 'cancelled')),
  service_name text not null,
  work_order_id uuid references work_orders (id),
  run_id uuid,
  reservation_id uuid,
  -- What was set aside: the envelope, or the worst case of the call.
  reserved_nano_usd bigint not null check (reserved_nano_usd >= 0),
  actual_nano_usd bigint check (actual_nano_usd >= 0),
  model text,
  input_tokens bigint,
  output_tokens bigint,
  window_keys text[] not null default '{}',
  metadata jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  -- Of an envelope: what its calls have on their way, have cost, and are presumed to have cost.
  drawn_open_nano_usd bigint not null default 0 check (drawn_open_nano_usd >= 0),
  drawn_spent_nano_usd bigint not null default 0 check (drawn_spent_nano_usd >= 0),
  drawn_presumed_nano_usd bigint not null default 0 check (drawn_presumed_nano_usd >= 0),
  -- Of a call.
  session_id uuid,
  key_id uuid,
  gateway_id uuid,
  provider text,
  wire text,
  is_stream boolean,
  price_version text,
  input_tokens_max bigint,
  output_tokens_max bigint,
  cache_read_tokens bigint,
  cache_write_tokens bigint,
  cache_write_hour_tokens bigint,
  http_status integer,
  failure text,
  retry_after_ms integer,
  first_byte_ms integer,
  duration_ms integer,
  -- A call whose work came to nothing (R-PIPE-15). What a work order has spent is wasted at one moment, all of it at once;
  -- from then on its calls say so, so that waste has a time, a model and a project, and still adds up.
  is_wasted boolean not null default false,
  priced_by text
) with (fillfactor=85);
create index cost_tracking_architect on cost_tracking (created_at) where type = 'reservation' and service_name = 'architect';
-- By when they were made they lie one after the other: an index of ranges of pages is next to nothing to keep.
create index cost_tracking_created on cost_tracking using brin (created_at) with (pages_per_range = 32, autosummarize = on);
create index cost_tracking_gateway on cost_tracking (gateway_id) where status = 'sent' and gateway_id is not null;
create index cost_tracking_open on cost_tracking (status) where status in ('held', 'sent');
create index cost_tracking_reservation on cost_tracking (reservation_id) where reservation_id is not null;
create index cost_tracking_session on cost_tracking (session_id, created_at) where session_id is not null;
create index cost_tracking_settled on cost_tracking (settled_at)
  include (status, actual_nano_usd, model, service_name, work_order_id, is_wasted) where type = 'actual';
create index cost_tracking_work_order on cost_tracking (work_order_id, created_at);

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

-- The work orders that wait for the answer to a question that is asked once for all of them.
create table escalation_members (
  escalation_id uuid not null references escalations (id),
  work_order_id uuid not null references work_orders (id),
  joined_at timestamptz not null default clock_timestamp(),
  left_at timestamptz,
  primary key (escalation_id, work_order_id)
);
create index escalation_members_work_order on escalation_members (work_order_id);

-- Answers that hold from now on: 'always, for this kind of failure in this project' (R-ESC-4).
create table answer_policies (
  id uuid primary key,
  -- Null: in every project.
  project_id uuid references projects (id),
  failure_class failure_class not null,
  code text not null,
  option jsonb not null,
  note text,
  escalation_id uuid references escalations (id),
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  uses integer not null default 0,
  last_used_at timestamptz,
  revoked_by text,
  revoked_at timestamptz
);
create unique index answer_policies_one on answer_policies (coalesce(project_id::text, ''), failure_class, code)
  where revoked_at is null;

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

-- Deliveries of forges' webhooks: each counts once, and one that comes too early waits (R-SEN-1, R-SEN-2).
create table webhook_deliveries (
  id text primary key,
  source text not null,
  event text not null,
  payload jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'ignored', 'failed')),
  retry_count integer not null default 0,
  next_attempt_at timestamptz not null default clock_timestamp(),
  work_order_id uuid references work_orders (id),
  failure text,
  received_at timestamptz not null default clock_timestamp(),
  processed_at timestamptz,
  -- A forge signs the body of a webhook, not its headers: the same body under another delivery id or event name is the same
  -- delivery (R-SEN-1).
  body_sha256 bytea
);
create unique index webhook_deliveries_body on webhook_deliveries (source, body_sha256);
create index webhook_deliveries_waiting on webhook_deliveries (next_attempt_at) where state = 'waiting';

-- What Moose does without for a while, and why: each ends by itself when its cause is gone (R-REC-4).
create table degradations (
  id uuid primary key,
  key text not null,
  feature text not null,
  because text not null,
  work_order_id uuid references work_orders (id),
  metadata jsonb not null default '{}',
  since timestamptz not null default clock_timestamp(),
  -- It has ended by then unless it is said again: whoever said it may have died.
  lapses_at timestamptz,
  until timestamptz
);
create unique index degradations_one_open on degradations (key) where until is null;

-- What was last seen of work that is under way, where its processes run: progress that no other row tells of.
create table progress_observations (
  work_order_id uuid primary key references work_orders (id),
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
  work_order_id uuid references work_orders (id),
  message text not null,
  raised_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  came_true boolean,
  saved_nano_usd bigint not null default 0
);
create index forecasts_ended on forecasts (key, ended_at);
create unique index forecasts_one_open on forecasts (key) where ended_at is null;

-- Who may call the interface, by the hash of a token; and every change that was made through it (R-SEC-1, R-BASE-3).
create table api_tokens (
  id uuid primary key,
  name text not null,
  hash bytea not null unique,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  last_used_at timestamptz,
  revoked_at timestamptz,
  -- A token is a program's, or a person's: a person signs in with it, and acts in their own name.
  person text,
  -- People who sign in elsewhere: at an OpenID Connect provider, or at a reverse proxy.
  -- Such a person's row has no secret that anybody knows. It has a role, and is revoked, like a token.
  issuer text,
  subject text,
  -- Which of the groups that rules name a person was in at the last sign-in. The rules are checked at each request, and may
  -- have changed since. Null for tokens.
  groups text[],
  constraint api_tokens_login_check check ((issuer is null) = (subject is null) and (issuer is null or person is not null))
);
-- Revoked rows count too: who was shut out stays shut out.
create unique index api_tokens_login on api_tokens (issuer, subject) where issuer is not null;

create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  act text not null,
  subject text,
  detail jsonb not null default '{}'
);
create index audit_log_at on audit_log (at);

-- Each call draws its worst case from its envelope before it is sent, and ends once. Windows move
-- with every end, so that at each instant spent + held + presumed is at most the limit, and at least what was billed
-- (R-BUD-2). Rows are locked in one order everywhere: run, work order, envelope, call, windows by their keys.
-- The processes that carry calls; one that is not heard of any more leaves calls behind whose cost nobody knows.
create table gateways (
  id uuid primary key,
  host text not null,
  started_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  -- When somebody first saw that its heartbeat is late.
  suspected_at timestamptz,
  ended_at timestamptz
);

-- What a session or a run may call with: of the secret only its hash is kept.
create table gateway_keys (
  id uuid primary key,
  key_hash bytea not null unique,
  work_order_id uuid references work_orders (id),
  run_id uuid references runs (id),
  session_id uuid references sessions (id),
  -- Where there is no run: the money is set aside for this key alone.
  reservation_id uuid references cost_tracking (id),
  service_name text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  -- The brake: set once, and nothing is drawn any more.
  stopped_reason text,
  constraint gateway_keys_check check (run_id is not null or reservation_id is not null)
);
create index gateway_keys_run on gateway_keys (run_id);
create index gateway_keys_session on gateway_keys (session_id) where session_id is not null;

-- Only where they are asked for: what was sent and what came back, without secrets.
create table call_bodies (
  call_id uuid primary key references cost_tracking (id),
  request text not null,
  response text not null,
  created_at timestamptz not null default clock_timestamp()
);
create index call_bodies_created_at on call_bodies (created_at);

-- What models cost, in versions that are added and never changed, so that every cost can be computed again (R-BUD-9).
create table model_prices (
  provider text not null,
  model text not null,
  -- A booked call names it: `genai-prices-0.1.8-5da3b1b1`, `given-2`.
  version text not null,
  -- Of several that hold at a moment the one that was added last does.
  ordinal bigint generated always as identity not null,
  effective_from timestamptz not null default clock_timestamp(),
  -- [{aboveInputTokens, input, cacheRead, cacheWrite, cacheWrite1h, output}]: nano-dollars per million tokens.
  -- Null: the price that was given is given no more, and the list holds again.
  steps jsonb check (jsonb_typeof(steps) = 'array' and jsonb_array_length(steps) > 0),
  context_tokens integer check (context_tokens > 0),
  -- 'list': what Moose comes with. 'given': by whoever runs it; stronger than the list.
  source text not null check (source in ('list', 'given', 'scripted')),
  created_by text not null default 'moose',
  created_at timestamptz not null default clock_timestamp(),
  constraint model_prices_check check (steps is not null or source = 'given'),
  primary key (provider, model, version)
);

-- What has changed, for everybody who watches. A reader goes by the transaction and not by the number: a transaction that
-- began earlier may end later, and its rows have the lower numbers.
create table live_events (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default clock_timestamp(),
  topic text not null check (topic in ('work_order', 'error', 'escalation', 'session', 'alert', 'circuit', 'degradation',
      'forecast', 'setting', 'spec', 'schedule')),
  subject text,
  work_order_id uuid,
  detail jsonb not null default '{}'
);
create index live_events_at on live_events (at);
create index live_events_xid on live_events (xid, id);

-- Settings that people change, with all that they ever were: who, when, and what.
create table system_config_history (
  key text not null,
  version integer not null,
  -- Null: it was put back to what it is without anybody's doing.
  value jsonb,
  changed_by text not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (key, version)
);

create table web_sessions (
  id uuid primary key,
  hash bytea not null unique,
  token_id uuid not null references api_tokens (id),
  user_agent text not null default '',
  created_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  -- A sign-in for one command ends soon after its last request. A command that is killed signs nobody out, and such sign-ins must
  -- not push out a person's browsers.
  is_brief boolean not null default false
);
create index web_sessions_token on web_sessions (token_id);

-- What was asked for under a key is done once: `subject_id` is given out before anything is made.
create table idempotency_keys (
  actor text not null,
  key text not null,
  request_hash bytea not null,
  subject_id uuid not null,
  status integer,
  response jsonb,
  -- Until then somebody is at it; who dies at it leaves it to the next one.
  held_until timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (actor, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

-- Sums of days of UTC, by when they begin. `rolled_days` says which there are: a day without anything has no other row.
create table rolled_days (
  topic text not null check (topic in ('errors', 'costs', 'outcomes')),
  day timestamptz not null,
  rolled_at timestamptz not null default clock_timestamp(),
  primary key (topic, day)
);

create table error_days (
  day timestamptz not null,
  failure_class failure_class not null,
  -- Empty: none was tried.
  strategy text not null,
  errors bigint not null,
  recovered bigint not null,
  unrecovered bigint not null,
  -- Of those that were recovered from.
  recovery_ms bigint not null,
  primary key (day, failure_class, strategy)
);

-- Groups of errors by days (24 hours), and by quarters of days (6).
create table error_group_spans (
  hours integer not null,
  at timestamptz not null,
  fingerprint text not null,
  failure_class failure_class not null,
  component text not null,
  code text not null,
  errors bigint not null,
  recovered bigint not null,
  unrecovered bigint not null,
  of_processes bigint not null,
  with_whole_evidence bigint not null,
  last_at timestamptz not null,
  primary key (hours, at, fingerprint, failure_class, component, code)
);

create table cost_days (
  day timestamptz not null,
  model text not null,
  project_id uuid,
  nano_usd bigint not null,
  presumed_nano_usd bigint not null,
  wasted_nano_usd bigint not null,
  calls bigint not null
);
create unique index cost_days_one on cost_days (day, model, coalesce(project_id::text, ''));

create table outcome_days (
  day timestamptz not null,
  -- Empty: none had been chosen.
  model text not null,
  agent text not null,
  band text not null check (band in ('low', 'medium', 'high')),
  failure_class failure_class,
  success boolean not null,
  cycles integer not null,
  attempts bigint not null,
  nano_usd bigint not null,
  duration_ms bigint not null
);
create index outcome_days_day on outcome_days (day);

-- Days of which a row has changed since they were summed up; added in the same transaction, and only ever added, so that
-- nobody waits for anybody. Until it is summed up again, such a day is read row by row. A day that is not over has no sums
-- yet: what is done in it, which is nearly everything, leaves no mark.
create table stale_days (
  topic text not null,
  day timestamptz not null
);

-- What a change, a model and a check can be blamed for.
-- How a check came out on the commit that changes start from, without any change: run once, and shared by all work
-- orders that start there. What the machine or the network did to it is not kept.
create table base_checks (
  project_id uuid not null references projects (id),
  base_sha text not null,
  check_key text not null,
  command text not null,
  passed boolean not null,
  -- What the classifier read out of a red one's output.
  seen jsonb,
  checked_at timestamptz not null default now(),
  primary key (project_id, base_sha, check_key)
);

-- What looks like a secret in a change, and is none by a person's word. The value itself is stored nowhere.
create table allowed_secrets (
  project_id uuid not null references projects (id),
  -- SHA-256 of the project and the value.
  fingerprint text not null,
  kind text not null,
  path text not null,
  allowed_by text not null,
  work_order_id uuid references work_orders (id),
  allowed_at timestamptz not null default now(),
  primary key (project_id, fingerprint)
);

-- The processes that carry runs. Each says every few seconds that it is there. The lock that it holds is free when it has
-- died; one that stands still, or whose machine or network is gone, holds it on, and is told by its silence.
create table executors (
  id text primary key,
  host text not null,
  -- Of the machine; and the server's process for the connection that holds its locks.
  pid integer not null,
  lock_backend integer not null,
  started_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  beats bigint not null default 0,
  -- How often others have taken its work over: one that finds more than it knew of has been silent, and carries nothing.
  takeovers integer not null default 0,
  taken_over_at timestamptz,
  ended_at timestamptz,
  -- Which machine a process runs on, whatever its name is: two machines may have the same name (R-PROJ-1).
  -- Empty for processes of an older version.
  machine text not null default '',
  -- What a process that carries runs tells of itself, so that people see which machine takes which work (R-DIST-3). Since when
  -- it drains: it takes no more work, and is about to end.
  labels text[] not null default '{}',
  draining_since timestamptz,
  -- What each process that runs work orders can do, so that work that none of them can do is refused at submission.
  -- Null: the process does not report it.
  abilities jsonb,
  -- How much of its machine's resources a process has left, with the thresholds, as it reports it (R-GO-4).
  pressure jsonb
);

-- Variables and secrets of projects (R-PROJ-5). Values are sealed: the key is in no table.
create table project_variables (
  project_id uuid not null references projects (id),
  name text not null check (name ~ '^[A-Za-z_][A-Za-z0-9_]{0,127}$'),
  is_secret boolean not null,
  -- Which sessions get it: setup, checks, agents.
  audiences text[] not null check (audiences <@ '{setup,checks,agents}'::text[] and cardinality(audiences) > 0),
  -- Which key the value is sealed with; says nothing about the key.
  key_id text not null check (key_id ~ '^[0-9a-f]{16}$'),
  -- Nonce, ciphertext and tag of AES-256-GCM.
  sealed bytea not null check (octet_length(sealed) >= 29 and octet_length(sealed) <= 40000),
  changed_by text not null,
  changed_at timestamptz not null default now(),
  primary key (project_id, name)
);

-- A small number for each live worktree of a machine: commands in it derive ports and names from it (R-PROJ-4).
create table worktree_slots (
  host text not null,
  slot integer not null check (slot > 0),
  work_order_id uuid not null references work_orders (id),
  taken_at timestamptz not null default now(),
  unique (host, work_order_id),
  primary key (host, slot)
);

-- What sessions printed, without secrets, so that every server reads it whichever machine it was printed on (R-DIST-3).
-- The files on that machine stay the whole; here is the newest part of each stream, in chunks.
create table session_output (
  session_id uuid not null references sessions (id) on delete cascade,
  stream text not null check (stream in ('stdout', 'stderr')),
  -- Offsets in the file, in bytes; the text may be longer or shorter, because secrets are replaced in it.
  start_byte bigint not null check (start_byte >= 0),
  end_byte bigint not null,
  text text not null check (octet_length(text) <= 1048576),
  constraint session_output_check check (end_byte > start_byte),
  primary key (session_id, stream, start_byte)
);

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
  request_id text,
  sent_sha text,
  -- Written with the work order, and before it.
  follow_up_id uuid references work_orders (id) deferrable initially deferred,
  primary key (project_id, host, repository, number, key),
  foreign key (project_id, host, repository, number) references pull_requests (project_id, host, repository,
      number) on delete cascade
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
  work_order_id uuid references work_orders (id) deferrable initially deferred,
  -- The text of the one comment that reports the state, as last written.
  told text,
  told_at timestamptz,
  next_look_at timestamptz,
  seen_at timestamptz not null default clock_timestamp(),
  -- When the label of an issue was added: a refusal counts until somebody adds the label again.
  labelled_at timestamptz,
  primary key (project_id, host, repository, number)
);
create index forge_issues_due on forge_issues (next_look_at) where next_look_at is not null;
create index forge_issues_work_order on forge_issues (work_order_id);

-- Projects that take issues of their forge as work orders, and when the forge is asked for them next (R-SEN-5).
create table forge_intakes (
  project_id uuid primary key references projects (id),
  host text not null,
  repository text not null,
  next_look_at timestamptz not null default clock_timestamp(),
  looked_at timestamptz,
  -- Why the last look failed; null if it did not.
  problem text,
  -- The label that the last complete look asked for; looked_at is when that look began.
  label text
);

create table work_order_dependencies (
  work_order_id uuid not null references work_orders (id),
  depends_on uuid not null references work_orders (id),
  -- When it stopped holding the work order back.
  met_at timestamptz,
  -- How it follows what it depends on (`src/domain/plan/stack-plan.ts`): it starts from that one's branch, or when that one is
  -- merged; or another of its dependencies contains that one.
  how text not null default 'branch' check (how in ('branch', 'within', 'merge')),
  constraint work_order_dependencies_check check (work_order_id <> depends_on),
  primary key (work_order_id, depends_on)
);
create index work_order_dependencies_on on work_order_dependencies (depends_on);
-- Dependencies that are not met are few; those that are met stay for ever. A job looks for the first every two seconds.
create index work_order_dependencies_unmet on work_order_dependencies (depends_on) where met_at is null;

-- What came of checking the contracts of a plan (R-SPEC-3), the newest result for each work order that was checked.
create table contract_checks (
  spec_id uuid not null references specs (id),
  -- The name of the contract in the plan.
  name text not null,
  work_order_id uuid not null references work_orders (id),
  role text not null check (role in ('provider', 'user')),
  state text not null check (state in ('holds', 'broken', 'accepted')),
  -- What the contract's file had as its content, as git's object ID; null if it was not there.
  object_id text,
  -- What breaks those who rely on it.
  breaking jsonb not null,
  checked_at timestamptz not null default clock_timestamp(),
  -- The content that a person accepted although it breaks others, and what it breaks. It stays when the state changes.
  accepted_object_id text,
  accepted_breaking jsonb,
  accepted_by text,
  accepted_at timestamptz,
  constraint contract_checks_check check ((num_nulls(accepted_object_id, accepted_breaking, accepted_by, accepted_at) % 4) = 0),
  primary key (spec_id, name, work_order_id)
);

-- The estimate of each work order of a plan, as it was when the plan was decided about.
create table work_order_estimates (
  spec_id uuid not null references specs (id),
  version integer not null,
  plan_key text not null,
  kind text not null,
  complexity double precision not null,
  low_nano_usd bigint not null check (low_nano_usd >= 0),
  mid_nano_usd bigint not null,
  high_nano_usd bigint not null,
  -- What it is made from: work orders of the same kind and complexity, of the same complexity, all, or the policy's list.
  basis text not null check (basis in ('kind', 'complexity', 'all', 'policy')),
  -- How many finished work orders that are.
  sample integer not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint work_order_estimates_check check (mid_nano_usd >= low_nano_usd),
  constraint work_order_estimates_check1 check (high_nano_usd >= mid_nano_usd),
  primary key (spec_id, version, plan_key)
);

-- What the learned policy knows, from which events, and what it decided (R-LRN-4, R-LRN-5).
-- What is known of the arms of a project: made from its events, and can be made from them again.
create table learners (
  project_id uuid primary key references projects (id),
  state jsonb not null,
  -- How many events are in the state.
  events bigint not null default 0 check (events >= 0)
);

-- What the learner was told, in the order in which it was applied.
create table learner_events (
  project_id uuid not null references projects (id),
  ordinal bigint not null check (ordinal > 0),
  event text not null check (event in ('arm', 'price', 'gone', 'success', 'failure', 'provider_fault', 'did_not_hold',
      'held_after_all')),
  arm text not null,
  work_order_id uuid references work_orders (id),
  try integer check (try > 0),
  -- The kind of work, the cost of the try, and whether the arm was chosen to explore.
  kind text,
  cost_nano_usd bigint check (cost_nano_usd >= 0),
  is_explored boolean not null default false,
  -- What was tried on the work order so far, after this event.
  task jsonb,
  -- Of a new arm: dollars per work order by the price list, and the arm whose record it starts with. Of a new price: the factor.
  cost_hint double precision,
  parent text,
  factor double precision check (factor > 0),
  price_version text,
  created_at timestamptz not null default clock_timestamp(),
  constraint learner_events_check check ((work_order_id is null) = (try is null)),
  primary key (project_id, ordinal)
);
-- Each try has one outcome, whoever tells it.
create unique index learner_events_outcome on learner_events (work_order_id, try)
  where event in ('success', 'failure', 'provider_fault');
create index learner_events_work_order on learner_events (work_order_id, ordinal);

-- How often each model fails, against all others, at each kind of work (R-LRN-3); null means any. Made again by a job.
create table pattern_confidence_scores (
  id uuid primary key,
  model text not null,
  failure_class failure_class,
  band text check (band in ('low', 'medium', 'high')),
  kind text,
  language text,
  word text,
  attempts integer not null check (attempts > 0),
  failures integer not null,
  -- The 95% interval of the share of failures.
  low double precision not null,
  high double precision not null,
  other_attempts integer not null,
  other_failures integer not null,
  -- Of the difference by chance alone, and corrected for all comparisons.
  chance double precision not null,
  corrected double precision not null,
  computed_at timestamptz not null,
  constraint pattern_confidence_scores_check check (failures >= 0 and failures <= attempts)
);
create index pattern_confidence_scores_corrected on pattern_confidence_scores (corrected, chance);

-- Work that routing no longer sends to a model, because a person said so; null means any.
create table routing_exclusions (
  id uuid primary key,
  project_id uuid references projects (id),
  model text not null,
  band text check (band in ('low', 'medium', 'high')),
  kind text,
  language text,
  word text,
  because text not null default '',
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  revoked_by text,
  revoked_at timestamptz,
  constraint routing_exclusions_check check (band is not null or kind is not null or language is not null or word is not null),
  constraint routing_exclusions_check1 check ((revoked_by is null) = (revoked_at is null))
);
create unique index routing_exclusions_once on routing_exclusions (project_id, model, band, kind, language, word)
  nulls not distinct where revoked_at is null;

-- Differences between the tables and the world, as the last look on each machine found them (R-SES-7).
create table drifts (
  id uuid primary key,
  kind text not null,
  -- What it is about, within its kind: an ID, a path, a branch.
  subject text not null,
  -- The machine that sees it; empty if every machine does.
  host text not null default '',
  work_order_id uuid references work_orders (id),
  what text not null,
  evidence text not null,
  -- What would be done about it; null if a person can only look.
  repair text,
  -- Moose repairs a safe one by itself, and asks about every other one.
  is_safe boolean not null,
  found_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  -- A person's answer to one that is not safe.
  answer text check (answer in ('repair', 'leave')),
  answered_by text,
  answered_at timestamptz,
  -- The latest repair, and why it failed. One process at a time repairs it.
  tried_at timestamptz,
  tries integer not null default 0,
  failure text,
  ended_at timestamptz,
  end_state text check (end_state in ('repaired', 'gone')),
  constraint drifts_check check ((ended_at is null) = (end_state is null)),
  constraint drifts_check1 check ((num_nulls(answer, answered_by, answered_at) % 3) = 0)
);
create index drifts_ended on drifts (ended_at) where ended_at is not null;
create unique index drifts_open on drifts (kind, host, subject) where ended_at is null;

-- What a post-mortem says about the system at each failure (R-ESC-8).
-- Each change of a circuit. `circuit_states` only holds its current state.
create table circuit_changes (
  id bigint generated always as identity primary key,
  key text not null,
  phase text not null check (phase in ('closed', 'open', 'half_open')),
  -- The code of the failure that opened it.
  code text,
  at timestamptz not null default clock_timestamp()
);
create index circuit_changes_key on circuit_changes (key, at desc, id desc);

-- Sign-ins that a browser has begun at the provider. Each row is deleted when the browser comes back.
create table sign_ins (
  hash bytea primary key,
  -- A path of Moose's own pages.
  return_to text not null,
  expires_at timestamptz not null
);
create index sign_ins_expires on sign_ins (expires_at);

-- When periodic work that one process does for all was last begun, so that more processes do not do it more often.
create table upkeep_turns (
  job text primary key,
  ran_at timestamptz not null,
  -- The machine that began it.
  ran_by text not null
);

-- The subject is the name of a person or program, '*' for each one without a limit of their own, or the ID of a project.
create table spending_limits (
  kind text not null check (kind in ('person', 'project')),
  subject text not null check (subject <> ''),
  daily_nano_usd bigint check (daily_nano_usd >= 0),
  monthly_nano_usd bigint check (monthly_nano_usd >= 0),
  set_by text not null,
  set_at timestamptz not null default clock_timestamp(),
  constraint spending_limits_check check (daily_nano_usd is not null or monthly_nano_usd is not null),
  primary key (kind, subject)
);

-- Invites: links that give a person a token of their own, once and for a while.
create table invites (
  id uuid primary key,
  -- Of the secret in the link, which is stored nowhere.
  hash bytea not null unique,
  person text not null check (person <> ''),
  role text not null check (role in ('viewer', 'operator', 'admin')),
  created_by text not null,
  -- The token with which the inviter was signed in; null if the invite was made on the machine of the database.
  inviter_id uuid references api_tokens (id),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  -- What the person got.
  token_id uuid references api_tokens (id),
  revoked_at timestamptz,
  constraint invites_check check (expires_at > created_at),
  constraint invites_check1 check ((accepted_at is null) = (token_id is null)),
  constraint invites_check2 check (accepted_at is null or revoked_at is null)
);
create index invites_created on invites (created_at);

-- Schedules: work orders that are submitted by the clock, each due instant at most once.
create table schedules (
  id uuid primary key,
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$'),
  project_id uuid not null references projects (id),
  -- What each work order is made of.
  template jsonb not null,
  cron text not null check (cron <> ''),
  time_zone text not null check (time_zone <> ''),
  limit_nano_usd bigint not null check (limit_nano_usd > 0),
  -- What becomes of an instant at which the previous work order is still open.
  when_open text not null default 'skip' check (when_open in ('skip', 'queue')),
  -- How old a missed instant may be and still run; more than Moose needs to notice one that is due.
  catch_up_ms bigint not null check (catch_up_ms >= 60000),
  created_by text not null,
  -- Whose limits and questions its work orders are.
  requested_by text not null,
  -- The token with which its owner was signed in; null if it was made on the machine of the database.
  token_id uuid references api_tokens (id),
  created_at timestamptz not null default clock_timestamp(),
  -- The next instant; null while it is paused and after its removal.
  next_due_at timestamptz,
  -- Work orders from before this time do not count as failures in a row.
  streak_from timestamptz not null default clock_timestamp(),
  paused_at timestamptz,
  paused_by text,
  paused_because text,
  removed_at timestamptz,
  removed_by text,
  constraint schedules_check check ((next_due_at is null) = (paused_at is not null or removed_at is not null)),
  constraint schedules_check1 check ((paused_at is null) = (paused_by is null)),
  constraint schedules_check2 check ((removed_at is null) = (removed_by is null))
);
create index schedules_due on schedules (next_due_at) where next_due_at is not null;
create unique index schedules_name on schedules (lower(name)) where removed_at is null;

-- What became of each due instant. The key is why no instant makes two work orders.
create table schedule_runs (
  schedule_id uuid not null references schedules (id),
  due_at timestamptz not null,
  outcome text not null check (outcome in ('submitted', 'waiting', 'skipped', 'missed', 'refused')),
  work_order_id uuid unique references work_orders (id),
  -- The person who had it run now; null if the clock did.
  asked_by text,
  -- A row about missed instants is about several: this many, from the first one to `due_at`.
  instants integer not null default 1 check (instants > 0),
  first_due_at timestamptz,
  because text,
  decided_at timestamptz not null default clock_timestamp(),
  constraint schedule_runs_check check ((outcome = 'submitted') = (work_order_id is not null)),
  constraint schedule_runs_check1 check ((outcome = 'missed') = (first_due_at is not null)),
  constraint schedule_runs_check2 check (outcome = 'missed' or instants = 1),
  primary key (schedule_id, due_at)
);
create index schedule_runs_decided on schedule_runs (decided_at) where outcome <> 'submitted';
create index schedule_runs_tried on schedule_runs (schedule_id, due_at desc) where outcome in ('submitted', 'refused');
-- At most one instant waits for the previous work order.
create unique index schedule_runs_waiting on schedule_runs (schedule_id) where outcome = 'waiting';

-- What people changed about a schedule, with the old and the new values; part of its history.
create table schedule_changes (
  id bigint generated always as identity primary key,
  schedule_id uuid not null references schedules (id),
  changed_at timestamptz not null default clock_timestamp(),
  changed_by text not null,
  -- Each changed field, with its value before and after.
  fields jsonb not null check (jsonb_typeof(fields) = 'array' and fields <> '[]')
);
create index schedule_changes_schedule on schedule_changes (schedule_id, id desc);

-- Best of N: several work orders that do the same work, of which the best one is kept.
create table candidate_groups (
  -- The work order of the first candidate.
  id uuid primary key references work_orders (id),
  size integer not null check (size >= 2 and size <= 5),
  -- What all candidates together may cost; null: the user gave no limit.
  limit_nano_usd bigint check (limit_nano_usd > 0),
  created_at timestamptz not null default clock_timestamp(),
  decided_at timestamptz,
  -- `kept`: the best candidate goes on. `none_passed`: the kept one asks a person. `given_up`: none was left.
  outcome text check (outcome in ('kept', 'none_passed', 'given_up')),
  kept uuid references work_orders (id),
  because text,
  constraint candidate_groups_check check ((num_nulls(decided_at, outcome, because) % 3) = 0),
  constraint candidate_groups_check1 check ((kept is null) = (outcome is null or outcome = 'given_up'))
);

create table candidates (
  work_order_id uuid primary key references work_orders (id),
  group_id uuid not null references candidate_groups (id),
  number integer not null check (number >= 1 and number <= 5),
  -- What came of it, while it waits for the decision; null while it is at work.
  result text check (result in ('passed', 'failed')),
  settled_at timestamptz,
  -- By what it is ranked: {is_verified, warnings, changed_lines}.
  facts jsonb,
  -- The failure of a failed one, from which its question is made if it is the one that asks.
  failure jsonb,
  constraint candidates_check check (num_nulls(result, settled_at) <> 1),
  constraint candidates_check1 check ((not result is distinct from 'passed'::text) = (facts is not null)),
  constraint candidates_check2 check ((not result is distinct from 'failed'::text) = (failure is not null)),
  unique (group_id, number)
);

-- One change over several repositories: a work order for each, which publish together, in order.
create table joint_groups (
  -- The first work order.
  id uuid primary key references work_orders (id),
  size integer not null check (size >= 2 and size <= 5),
  -- What all members together may cost; null: the user gave no limit.
  limit_nano_usd bigint check (limit_nano_usd > 0),
  created_at timestamptz not null default clock_timestamp(),
  decided_at timestamptz,
  -- `published`: each opens its pull request. `cancelled`: one was cancelled before that, and all others with it.
  outcome text check (outcome in ('published', 'cancelled')),
  because text,
  constraint joint_groups_check check ((num_nulls(decided_at, outcome, because) % 3) = 0)
);

create table joint_members (
  work_order_id uuid primary key references work_orders (id),
  group_id uuid not null references joint_groups (id),
  -- Each follows those with smaller numbers.
  number integer not null check (number >= 1 and number <= 5),
  -- When it passed its checks; null while it is at work, also again.
  passed_at timestamptz,
  -- The change that passed last.
  tree_sha text,
  constraint joint_members_check check (passed_at is null or tree_sha is not null),
  unique (group_id, number)
);

-- Web Push: the key with which Moose signs, and the browsers that people told to show notifications.
create table push_key (
  -- There is one key for all machines: a browser accepts messages of the key that it subscribed with.
  is_only boolean primary key default true check (is_only),
  -- What browsers get: an uncompressed P-256 point in base64url.
  public_key text not null,
  -- The private key, encrypted like the variables of projects.
  sealed bytea not null,
  key_id text not null,
  created_at timestamptz not null default clock_timestamp()
);

create table push_subscriptions (
  id uuid primary key,
  person text not null check (person <> ''),
  -- The token or login of the person, and the session in which they turned notifications on.
  token_id uuid not null references api_tokens (id),
  session_id uuid,
  -- An address of a push service; whoever has it and the key can send to this browser.
  endpoint text not null unique check (length(endpoint) <= 2000),
  p256dh bytea not null check (length(p256dh) = 65),
  auth bytea not null check (length(auth) = 16),
  browser text not null,
  created_at timestamptz not null default clock_timestamp(),
  -- When the browser last showed a page to this person.
  renewed_at timestamptz not null default clock_timestamp(),
  last_success_at timestamptz,
  -- Notices in a row that were given up.
  failures integer not null default 0 check (failures >= 0),
  last_failure text
);
create index push_subscriptions_person on push_subscriptions (person);
create index push_subscriptions_session on push_subscriptions (session_id);

-- A dearer model may answer than the one that was asked for. Its call names the model whose price was booked, and what is
-- reserved for the next calls covers both.
create table dearer_answers (
  model text not null,
  answered text not null,
  call_id uuid not null,
  first_seen_at timestamptz not null default clock_timestamp(),
  primary key (model, answered)
);

-- Tables that refer to each other.
alter table plannings add foreign key (spec_id) references specs (id);
alter table spec_plans add foreign key (spec_id) references specs (id);

-- Counters only ever grow. One exception: what was presumed of a call is taken back by the evidence of what it cost, by
-- exactly that much, for exactly this work order.
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
  if new.agent_runs < old.agent_runs or new.refinement_cycles < old.refinement_cycles or new.run < old.run then
    raise exception 'A work order''s counters only ever grow' using errcode = 'MS002';
  end if;
  if old.parked_at is not null and new.changed_by not like 'human:%' and (
    new.parked_at is null or new.status is distinct from old.status or new.run is distinct from old.run)
  then
    raise exception 'A parked work order is moved by a human alone' using errcode = 'MS003';
  end if;
  return new;
end $$;
create trigger work_orders_guard
  before update of status, step, step_state, parked_at, run, agent_runs, refinement_cycles on work_orders
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
create trigger work_orders_record_insert after insert on work_orders
  for each row execute function work_orders_record();
create trigger work_orders_record_update after update of status, step, step_state on work_orders
  for each row execute function work_orders_record();

create function work_order_events_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_events', new.work_order_id::text);
  return null;
end $$;
create trigger work_order_events_notify after insert on work_order_events
  for each row execute function work_order_events_notify();

-- The name under which limits count an actor: 'ada' for 'human:ada'. Null for Moose itself, which has no limit of a person.
create function name_of_actor(p_actor text) returns text language sql immutable as $$
  select case when p_actor like 'human:%' then nullif(substr(p_actor, 7), '')
    when p_actor like 'moose%' then null else nullif(p_actor, '') end
$$;

-- As before, and the windows of the requester and the project. The Architect stands outside every day, inside every month.
create function budget_windows_of(p_metadata jsonb, p_service_name text default '', p_at timestamptz default now())
returns table (key text, limit_nano_usd bigint) language sql stable as $$
  with setting as (
    select coalesce(max(value #>> '{}') filter (where c.key = 'budget.time_zone'), 'UTC') as zone,
      coalesce(max(value #>> '{}') filter (where c.key = 'budget.daily_limit_usd'), '100')::numeric as daily,
      coalesce(max(value #>> '{}') filter (where c.key = 'budget.monthly_limit_usd'), '500')::numeric as monthly
    from system_config c
  ),
  local_now as (
    select to_char(p_at at time zone zone, 'YYYY-MM-DD') as day, to_char(p_at at time zone zone, 'YYYY-MM') as month,
      daily, monthly from setting
  ),
  asker as (
    select name_of_actor(coalesce(
      (select requested_by from work_orders where id = (p_metadata ->> 'work_order_id')::uuid),
      p_metadata ->> 'asked_by')) as name
  ),
  limited as (
    select 'person' as kind, asker.name as subject, coalesce(own.daily_nano_usd, each.daily_nano_usd) as daily,
      coalesce(own.monthly_nano_usd, each.monthly_nano_usd) as monthly
    from asker left join spending_limits own on own.kind = 'person' and own.subject = asker.name
      left join spending_limits each on each.kind = 'person' and each.subject = '*'
    where asker.name is not null
    union all
    select kind, subject, daily_nano_usd, monthly_nano_usd from spending_limits
    where kind = 'project' and subject = p_metadata ->> 'project_id'
  )
  select candidates.key, candidates.nano_usd
  from (
    select 'month:' || month, (monthly * 1000000000)::bigint from local_now
    union all
    select 'day:' || day, (daily * 1000000000)::bigint from local_now where p_service_name <> 'architect'
    union all
    select 'project:' || (p_metadata ->> 'project_id'),
      (select ((settings ->> 'limit_usd')::numeric * 1000000000)::bigint from projects
        where id = (p_metadata ->> 'project_id')::uuid)
      where p_service_name <> 'architect'
    union all
    select 'work_order:' || (p_metadata ->> 'work_order_id'),
      (select limit_nano_usd from work_orders where id = (p_metadata ->> 'work_order_id')::uuid)
      where p_service_name <> 'architect'
    union all
    select kind || '_month:' || month || ':' || subject, limited.monthly from limited, local_now
    union all
    select kind || '_day:' || day || ':' || subject, limited.daily from limited, local_now
      where p_service_name <> 'architect'
  ) as candidates (key, nano_usd)
  where candidates.key is not null and candidates.nano_usd is not null
  order by candidates.key
$$;

-- As before, under the limits that are in force at this moment.
create function check_and_reserve_budget(
  p_estimated_cost numeric, p_service_name text, p_metadata jsonb default '{}')
returns table (can_proceed boolean, current_total numeric, reservation_id uuid)
language plpgsql as $$
declare
  v_total bigint;
begin
  -- NaN and infinity are above every number; no single reservation is worth a billion.
  if p_estimated_cost is null or p_estimated_cost <= 0 or p_estimated_cost >= 1000000000 then
    raise exception 'A reservation must be above 0 dollars and below a billion, not %',
      coalesce(p_estimated_cost::text, 'nothing') using errcode = 'MS010';
  end if;
  perform hold_limits(false);
  select r.total_nano_usd, r.reservation_id into v_total, reservation_id
    from reserve_in_windows(ceil(p_estimated_cost * 1000000000)::bigint, p_service_name, p_metadata, now()) r;
  can_proceed := reservation_id is not null;
  current_total := v_total * 0.000000001;
  return next;
end $$;

-- Ends a hold, once: what was really spent, and what must be presumed spent. More than was held is booked all
-- the same, freezes the windows and raises an alert: it means that a bound is wrong.
create function settle_reservation(p_reservation_id uuid, p_actual_nano_usd bigint default 0, p_presumed_nano_usd bigint default 0)
returns boolean language plpgsql as $$
declare
  v_envelope cost_tracking;
  v_after cost_tracking;
  v_calls integer;
  v_open bigint;
  v_given bigint;
  v_overrun bigint;
begin
  if p_actual_nano_usd is null or p_presumed_nano_usd is null or p_actual_nano_usd < 0 or p_presumed_nano_usd < 0 then
    raise exception 'A settlement must be 0 or more, not % and %', p_actual_nano_usd, p_presumed_nano_usd
      using errcode = 'MS010';
  end if;
  select * into v_envelope from cost_tracking where id = p_reservation_id and type = 'reservation' and status = 'held';
  if not found then
    return false;
  end if;
  perform from work_orders where id = v_envelope.work_order_id for no key update;
  select * into v_envelope from cost_tracking where id = p_reservation_id for no key update;
  if v_envelope.status <> 'held' then
    return false;
  end if;
  with ended as (
    update cost_tracking set status = 'presumed', actual_nano_usd = reserved_nano_usd, settled_at = clock_timestamp()
      where reservation_id = p_reservation_id and type = 'actual' and status = 'sent' returning reserved_nano_usd
  )
  select count(*), coalesce(sum(reserved_nano_usd), 0) into v_calls, v_open from ended;
  v_given := p_actual_nano_usd + p_presumed_nano_usd;
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd,
      actual_nano_usd, settled_at)
    select gen_random_uuid(), 'actual', given.status, v_envelope.service_name, v_envelope.work_order_id, v_envelope.run_id,
      p_reservation_id, given.nano_usd, given.nano_usd, clock_timestamp()
    from (values ('settled', p_actual_nano_usd), ('presumed', p_presumed_nano_usd)) as given (status, nano_usd)
    where given.nano_usd > 0;
  v_overrun := case when v_given = 0 then 0 else greatest(0, v_given - greatest(0, v_envelope.reserved_nano_usd
    - v_envelope.drawn_open_nano_usd - v_envelope.drawn_spent_nano_usd - v_envelope.drawn_presumed_nano_usd)) end;
  update cost_tracking e set
      drawn_open_nano_usd = 0,
      drawn_spent_nano_usd = e.drawn_spent_nano_usd + p_actual_nano_usd,
      drawn_presumed_nano_usd = e.drawn_presumed_nano_usd + v_open + p_presumed_nano_usd,
      actual_nano_usd = e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd + v_open + v_given,
      status = case when e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd + v_open + v_given = 0
        then 'cancelled' else 'settled' end,
      settled_at = clock_timestamp()
    where e.id = p_reservation_id returning * into v_after;
  perform move_in_windows(v_after.window_keys, -held_by_envelope(v_envelope), p_actual_nano_usd,
    v_open + p_presumed_nano_usd, v_overrun);
  perform count_calls(v_after.work_order_id, v_open + v_given, v_calls, 0, 0);
  if v_overrun > 0 then
    perform alert_overrun(p_reservation_id, v_overrun, v_after.window_keys);
  end if;
  return true;
end $$;

create function circuit_states_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_circuits', new.key);
  return null;
end $$;
create trigger circuit_states_notify after insert or update on circuit_states
  for each row execute function circuit_states_notify();

create function work_orders_guard_recovery() returns trigger language plpgsql as $$
begin
  if new.recovery_attempts < old.recovery_attempts or new.wasted_nano_usd < old.wasted_nano_usd then
    raise exception 'A work order''s counters only ever grow' using errcode = 'MS002';
  end if;
  return new;
end $$;
create trigger work_orders_guard_recovery before update of recovery_attempts, wasted_nano_usd on work_orders
  for each row execute function work_orders_guard_recovery();

create function outbox_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_outbox', new.id::text);
  return null;
end $$;
create trigger outbox_notify after insert on outbox for each row execute function outbox_notify();

create function gateway_keys_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_stopped_keys', new.id::text);
  return null;
end $$;
create trigger gateway_keys_notify after update on gateway_keys
  for each row when (old.stopped_reason is null and new.stopped_reason is not null) execute function gateway_keys_notify();

create function count_calls(p_work_order_id uuid, p_nano_usd bigint, p_calls integer, p_input bigint, p_output bigint)
returns void language plpgsql as $$
begin
  if p_work_order_id is null or (p_nano_usd = 0 and p_calls = 0 and p_input = 0 and p_output = 0) then
    return;
  end if;
  if p_nano_usd < 0 then
    perform set_config('moose.cost_evidence', p_work_order_id || ' ' || -p_nano_usd, true);
  end if;
  update work_orders set cost_nano_usd = cost_nano_usd + p_nano_usd, model_calls = model_calls + p_calls,
      input_tokens = input_tokens + p_input, output_tokens = output_tokens + p_output
    where id = p_work_order_id;
  if p_nano_usd < 0 then
    perform set_config('moose.cost_evidence', '', true);
  end if;
end $$;

-- Whoever changes windows comes in turn: everybody meets in the month's row anyway, and a lock hands over more quickly than
-- a row does. The key is 'moos' in ASCII.
create function lock_windows() returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(x'6d6f6f73'::integer, 1);
end $$;

-- A reservation is of the moment whose windows it is in: one that is made across midnight can grow, and a limit of a person
-- that is set later counts it in the right day.
create function reserve_in_windows(p_nano_usd bigint, p_service_name text, p_metadata jsonb, p_at timestamp with time zone, OUT total_nano_usd bigint, OUT reservation_id uuid)
 returns record
 language plpgsql
as $$
declare
  v_id uuid := gen_random_uuid();
  v_keys text[];
  v_limits bigint[];
  v_there integer;
  v_used bigint;
begin
  select array_agg(l.key order by l.key), array_agg(l.limit_nano_usd order by l.key), count(w.key),
      (array_agg(coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0) order by l.key) filter (where
        w.is_frozen or spending_is_frozen() or p_nano_usd > l.limit_nano_usd - lent_in_window(l.key, v_id)
          - coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0)))[1]
    into v_keys, v_limits, v_there, v_used
    from budget_windows_of(p_metadata, coalesce(p_service_name, ''), p_at) l left join budget_windows w on w.key = l.key;
  if 0 > any (v_limits) then
    raise exception 'A limit must be 0 dollars or more' using errcode = 'check_violation';
  end if;
  -- What does not fit at this moment is refused without a lock.
  if v_used is not null then
    total_nano_usd := v_used;
    return;
  end if;
  -- The first in a window makes its row.
  if v_there < cardinality(v_keys) then
    insert into budget_windows (key, limit_nano_usd)
      select wanted.key, wanted.limit_nano_usd from unnest(v_keys, v_limits) as wanted (key, limit_nano_usd)
      order by wanted.key on conflict do nothing;
  end if;
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd, window_keys, metadata,
      created_at)
    values (v_id, 'reservation', 'held', p_service_name, (p_metadata ->> 'work_order_id')::uuid,
      (p_metadata ->> 'run_id')::uuid, p_nano_usd, v_keys, p_metadata, p_at);
  perform lock_windows();
  for i in 1 .. cardinality(v_keys) loop
    -- A limit that was changed in the settings holds from the next reservation on.
    update budget_windows w set held_nano_usd = w.held_nano_usd + p_nano_usd, limit_nano_usd = v_limits[i]
      where w.key = v_keys[i] and not w.is_frozen and not spending_is_frozen()
        and v_limits[i] - w.held_nano_usd - w.spent_nano_usd - w.presumed_nano_usd - lent_in_window(w.key, v_id)
          >= p_nano_usd
      returning w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd into v_used;
    if not found then
      -- Somebody was quicker. Nobody has seen what is taken back here.
      update budget_windows w set held_nano_usd = w.held_nano_usd - p_nano_usd where w.key = any (v_keys[1 : i - 1]);
      delete from cost_tracking c where c.id = v_id;
      select w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd into total_nano_usd
        from budget_windows w where w.key = v_keys[i];
      return;
    end if;
    total_nano_usd := coalesce(total_nano_usd, v_used);
  end loop;
  reservation_id := v_id;
end $$;

create function model_prices_guard() returns trigger language plpgsql as $$
begin
  raise exception 'A price is never changed or removed: add a new version' using errcode = 'MS020';
end $$;
create trigger model_prices_guard before update or delete on model_prices
  for each row execute function model_prices_guard();
create trigger model_prices_kept before truncate on model_prices
  for each statement execute function model_prices_guard();

-- What a call does to its envelope and its windows, each in one round trip, and the same when repeated (R-BUD-2).
-- What an envelope keeps set aside in its windows: all that is neither spent nor presumed, and whatever is on its way.
create function held_by_envelope(envelope cost_tracking) returns bigint language sql immutable as $$
  select case when envelope.status <> 'held' then 0 else greatest(envelope.drawn_open_nano_usd,
    envelope.reserved_nano_usd - envelope.drawn_spent_nano_usd - envelope.drawn_presumed_nano_usd) end
$$;

-- A counter never goes below 0: the record of a call must not be lost by one that is wrong. The proof finds it.
create function move_in_windows(p_keys text[], p_held bigint, p_spent bigint, p_presumed bigint, p_overrun bigint)
returns void language plpgsql as $$
begin
  if p_held = 0 and p_spent = 0 and p_presumed = 0 and p_overrun = 0 then
    return;
  end if;
  perform lock_windows();
  update budget_windows w set
      held_nano_usd = greatest(0, w.held_nano_usd + p_held),
      spent_nano_usd = greatest(0, w.spent_nano_usd + p_spent),
      presumed_nano_usd = greatest(0, w.presumed_nano_usd + p_presumed),
      overrun_nano_usd = w.overrun_nano_usd + p_overrun,
      is_frozen = w.is_frozen or p_overrun > 0
    where w.key = any (p_keys);
end $$;

create function alert_overrun(p_id uuid, p_overrun bigint, p_keys text[]) returns void language sql as $$
  insert into system_alerts as a (id, key, severity, component, operation, code, message, metadata)
    values (gen_random_uuid(), 'budget.overrun', 'critical', 'budget', 'settle', 'BUDGET_OVERRUN',
      'A settlement is above its hold: the windows are frozen',
      jsonb_build_object('id', p_id, 'overrun_nano_usd', p_overrun, 'windows', p_keys))
    on conflict (key) where resolved_at is null and key is not null do update set
      times = a.times + 1, last_seen_at = clock_timestamp(), metadata = excluded.metadata
$$;

-- Adds to what an envelope's calls have drawn, and moves its windows with it.
create function change_envelope(
  p_id uuid, p_open bigint, p_spent bigint, p_presumed bigint, p_overrun bigint, p_call_id uuid)
returns void language plpgsql as $$
declare
  v_before cost_tracking;
  v_after cost_tracking;
begin
  select * into v_before from cost_tracking where id = p_id for no key update;
  update cost_tracking e set
      drawn_open_nano_usd = greatest(0, e.drawn_open_nano_usd + p_open),
      drawn_spent_nano_usd = e.drawn_spent_nano_usd + p_spent,
      drawn_presumed_nano_usd = greatest(0, e.drawn_presumed_nano_usd + p_presumed),
      actual_nano_usd = e.actual_nano_usd + p_spent + p_presumed
    where e.id = p_id returning * into v_after;
  perform move_in_windows(v_after.window_keys, held_by_envelope(v_after) - held_by_envelope(v_before),
    p_spent, p_presumed, p_overrun);
  if p_overrun > 0 then
    perform alert_overrun(p_call_id, p_overrun, v_after.window_keys);
  end if;
end $$;

-- Takes a call's worst case out of its envelope: 'drawn', 'no_room', 'frozen', or 'closed'. The predicate decides; an
-- envelope without room grows first, if it may.
create function take_from_envelope(p_envelope_id uuid, p_nano_usd bigint) returns text language plpgsql as $$
declare
  v_envelope cost_tracking;
begin
  if p_nano_usd is null or p_nano_usd < 0 then
    raise exception 'A call draws 0 or more, not %', coalesce(p_nano_usd::text, 'nothing') using errcode = 'MS010';
  end if;
  for attempt in 1 .. 2 loop
    update cost_tracking e set drawn_open_nano_usd = e.drawn_open_nano_usd + p_nano_usd
      where e.id = p_envelope_id and e.type = 'reservation' and e.status = 'held'
        and e.reserved_nano_usd - e.drawn_open_nano_usd - e.drawn_spent_nano_usd - e.drawn_presumed_nano_usd >= p_nano_usd
        and not exists (select from budget_windows w
          where w.is_frozen and (w.key = any (e.window_keys) or w.key like 'month:%'));
    if found then
      return 'drawn';
    end if;
    select * into v_envelope from cost_tracking where id = p_envelope_id and type = 'reservation' and status = 'held';
    if not found then
      return 'closed';
    end if;
    if exists (select from budget_windows w
        where w.is_frozen and (w.key = any (v_envelope.window_keys) or w.key like 'month:%')) then
      return 'frozen';
    end if;
    exit when attempt = 2 or not grow_envelope(p_envelope_id, p_nano_usd);
  end loop;
  return 'no_room';
end $$;

-- 'drawn' always means that the call holds its money. A statement whose answer was lost may have drawn the call while its
-- repetition waited for the envelope: it is drawn, even if there is no more room. A call that was ended is not.
create function draw_call(p_call_id uuid, p_key_id uuid, p_key_hash bytea, p_gateway_id uuid, p_provider text, p_model text, p_wire text, p_is_stream boolean, p_nano_usd bigint, p_input_tokens_max bigint, p_output_tokens_max bigint, p_price_version text)
 returns TABLE(kind text, left_nano_usd bigint, open_nano_usd bigint, reason text)
 language plpgsql
as $$
declare
  v_key record;
  v_call cost_tracking;
  v_answer text;
begin
  select k.*, coalesce(k.reservation_id, r.reservation_id) as envelope_id into v_key
    from gateway_keys k left join runs r on r.id = k.run_id where k.id = p_key_id and k.key_hash = p_key_hash;
  if v_key.id is null then
    return query select 'key_invalid', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  -- By its id alone, here and below: whatever the statistics of a young table say, that is one row of one index.
  select * into v_call from cost_tracking where id = p_call_id;
  if found and v_call.key_id = p_key_id and v_call.status in ('sent', 'presumed') then
    return query select 'drawn', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  if v_key.stopped_reason is not null then
    return query select 'stopped', 0::bigint, 0::bigint, v_key.stopped_reason;
    return;
  end if;
  if v_key.revoked_at is not null or v_key.expires_at <= clock_timestamp() or v_key.envelope_id is null then
    return query select 'key_invalid', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  v_answer := take_from_envelope(v_key.envelope_id, p_nano_usd);
  if v_answer = 'drawn' then
    insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd,
        model, session_id, key_id, gateway_id, provider, wire, is_stream, input_tokens_max, output_tokens_max, price_version)
      values (p_call_id, 'actual', 'sent', v_key.service_name, v_key.work_order_id, v_key.run_id, v_key.envelope_id,
        p_nano_usd, p_model, v_key.session_id, v_key.id, p_gateway_id, p_provider, p_wire, p_is_stream, p_input_tokens_max,
        p_output_tokens_max, p_price_version)
      on conflict (id) do nothing;
    if found then
      return query select 'drawn', 0::bigint, 0::bigint, null::text;
      return;
    end if;
    perform change_envelope(v_key.envelope_id, -p_nano_usd, 0, 0, 0, p_call_id);
  end if;
  -- Another statement has drawn or ended the same call since this one looked.
  select * into v_call from cost_tracking where id = p_call_id;
  if found then
    return query select case when v_call.key_id = p_key_id and v_call.status in ('sent', 'presumed') then 'drawn'
      else 'key_invalid' end, 0::bigint, 0::bigint, null::text;
    return;
  end if;
  return query select case v_answer when 'closed' then 'key_invalid' else v_answer end, room.left_nano_usd, room.open_nano_usd,
    null::text from room_of_envelope(v_key.envelope_id) room;
end $$;

-- Less is needed than was thought; more than it has is never given. False where nothing changed.
create function shrink_call(p_call_id uuid, p_nano_usd bigint) returns boolean language plpgsql as $$
declare
  v_call cost_tracking;
begin
  select * into v_call from cost_tracking where id = p_call_id;
  if not found or v_call.type <> 'actual' or v_call.status <> 'sent' or p_nano_usd is null or p_nano_usd < 0 then
    return false;
  end if;
  perform from work_orders where id = v_call.work_order_id for no key update;
  perform from cost_tracking where id = v_call.reservation_id for no key update;
  select * into v_call from cost_tracking where id = p_call_id for no key update;
  if v_call.status <> 'sent' or p_nano_usd >= v_call.reserved_nano_usd then
    return false;
  end if;
  update cost_tracking set reserved_nano_usd = p_nano_usd where id = p_call_id;
  perform change_envelope(v_call.reservation_id, p_nano_usd - v_call.reserved_nano_usd, 0, 0, 0, p_call_id);
  return true;
end $$;

-- Ends a call: as settled with what it cost, as presumed with all that it holds, or as cancelled with nothing. One that is
-- presumed can still be settled or cancelled: that is evidence, also after its envelope has closed. False where it has
-- ended so before.
create function end_call(
  p_call_id uuid, p_status text, p_nano_usd bigint, p_usage jsonb default '{}', p_end jsonb default '{}')
returns boolean language plpgsql as $$
declare
  v_call cost_tracking;
  v_hold bigint;
  v_actual bigint;
  v_was_presumed boolean;
  v_input bigint := coalesce((p_usage ->> 'inputTokens')::bigint, 0);
  v_cache_read bigint := coalesce((p_usage ->> 'cacheReadTokens')::bigint, 0);
  v_cache_write bigint := coalesce((p_usage ->> 'cacheWriteTokens')::bigint, 0);
  v_cache_write_1h bigint := coalesce((p_usage ->> 'cacheWrite1hTokens')::bigint, 0);
  v_output bigint := coalesce((p_usage ->> 'outputTokens')::bigint, 0);
begin
  if p_status = 'settled' and (p_nano_usd is null or p_nano_usd < 0) then
    raise exception 'A call costs 0 or more, not %', coalesce(p_nano_usd::text, 'nothing') using errcode = 'MS010';
  end if;
  select * into v_call from cost_tracking where id = p_call_id;
  if not found or v_call.type <> 'actual' or v_call.status not in ('sent', 'presumed') then
    return false;
  end if;
  perform from work_orders where id = v_call.work_order_id for no key update;
  perform from cost_tracking where id = v_call.reservation_id for no key update;
  select * into v_call from cost_tracking where id = p_call_id for no key update;
  if v_call.status not in ('sent', 'presumed') or v_call.status = p_status then
    return false;
  end if;
  v_was_presumed := v_call.status = 'presumed';
  v_hold := case when v_was_presumed then v_call.actual_nano_usd else v_call.reserved_nano_usd end;
  v_actual := case p_status when 'settled' then p_nano_usd when 'presumed' then v_hold else 0 end;
  update cost_tracking set
      status = p_status, actual_nano_usd = v_actual, settled_at = clock_timestamp(),
      input_tokens = v_input, cache_read_tokens = v_cache_read, cache_write_tokens = v_cache_write,
      cache_write_hour_tokens = v_cache_write_1h, output_tokens = v_output,
      http_status = (p_end ->> 'httpStatus')::integer, failure = p_end ->> 'failure',
      retry_after_ms = (p_end ->> 'retryAfterMs')::integer, first_byte_ms = (p_end ->> 'firstByteMs')::integer,
      duration_ms = (p_end ->> 'durationMs')::integer, priced_by = p_end ->> 'pricedBy',
      price_version = coalesce(p_end ->> 'priceVersion', price_version)
    where id = p_call_id;
  if v_call.reservation_id is not null then
    perform change_envelope(v_call.reservation_id,
      case when v_was_presumed then 0 else -v_hold end,
      case when p_status = 'settled' then v_actual else 0 end,
      case when p_status = 'presumed' then v_hold else 0 end - case when v_was_presumed then v_hold else 0 end,
      case when p_status = 'settled' then greatest(0, v_actual - v_hold) else 0 end, p_call_id);
  end if;
  perform count_calls(v_call.work_order_id, v_actual - case when v_was_presumed then v_hold else 0 end,
    case when v_was_presumed or p_status = 'cancelled' then 0 else 1 end,
    v_input + v_cache_read + v_cache_write + v_cache_write_1h, v_output);
  return true;
end $$;

create function settle_call(p_call_id uuid, p_nano_usd bigint, p_usage jsonb, p_end jsonb)
returns boolean language sql as $$ select end_call(p_call_id, 'settled', p_nano_usd, p_usage, p_end) $$;

create function presume_call(p_call_id uuid, p_usage jsonb, p_end jsonb)
returns boolean language sql as $$ select end_call(p_call_id, 'presumed', null, p_usage, p_end) $$;

create function void_call(p_call_id uuid, p_end jsonb)
returns boolean language sql as $$ select end_call(p_call_id, 'cancelled', null, '{}', p_end) $$;

-- A call that was refused before it was drawn: a record without money, for the run that it was made for.
create function record_refused_call(
  p_call_id uuid, p_key_id uuid, p_key_hash bytea, p_gateway_id uuid, p_provider text, p_model text, p_wire text,
  p_is_stream boolean, p_input_tokens_max bigint, p_output_tokens_max bigint, p_end jsonb)
returns boolean language plpgsql as $$
begin
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd, actual_nano_usd,
      model, session_id, key_id, gateway_id, provider, wire, is_stream, input_tokens_max, output_tokens_max,
      http_status, failure, retry_after_ms, first_byte_ms, duration_ms, settled_at)
    select p_call_id, 'actual', 'cancelled', k.service_name, k.work_order_id, k.run_id, 0, 0,
      p_model, k.session_id, k.id, p_gateway_id, p_provider, p_wire, p_is_stream, p_input_tokens_max, p_output_tokens_max,
      (p_end ->> 'httpStatus')::integer, p_end ->> 'failure', (p_end ->> 'retryAfterMs')::integer,
      (p_end ->> 'firstByteMs')::integer, (p_end ->> 'durationMs')::integer, clock_timestamp()
    from gateway_keys k where k.id = p_key_id and k.key_hash = p_key_hash
    on conflict (id) do nothing;
  return found;
end $$;

-- Presumes the calls of gateways that are gone: not heard of for p_silence, in two looks p_between apart. After the
-- database was away every heartbeat is late; the living ones are heard of before the second look.
create function reap_calls(p_silence interval, p_between interval)
returns table (call_id uuid, gateway_id uuid, work_order_id uuid, nano_usd bigint) language plpgsql as $$
declare
  v_calls uuid[];
begin
  update gateways g set suspected_at = null
    where g.suspected_at is not null and g.heartbeat_at > g.suspected_at;
  update gateways g set suspected_at = clock_timestamp()
    where g.suspected_at is null and g.ended_at is null and g.heartbeat_at < clock_timestamp() - p_silence;
  select array_agg(c.id) into v_calls from cost_tracking c left join gateways g on g.id = c.gateway_id
    where c.type = 'actual' and c.status = 'sent' and c.gateway_id is not null
      and (g.ended_at is not null or g.suspected_at <= clock_timestamp() - p_between
        or (g.id is null and c.created_at < clock_timestamp() - p_silence - p_between));
  if v_calls is null then
    return;
  end if;
  -- Many work orders at once: all of them are locked before the first window is.
  perform from work_orders w where w.id in (select c.work_order_id from cost_tracking c where c.id = any (v_calls))
    order by w.id for no key update;
  perform from cost_tracking e where e.id in (select c.reservation_id from cost_tracking c where c.id = any (v_calls))
    order by e.id for no key update;
  perform from cost_tracking c where c.id = any (v_calls) order by c.id for no key update;
  return query
    select c.id, c.gateway_id, c.work_order_id, c.reserved_nano_usd
    from cost_tracking c, lateral (select end_call(c.id, 'presumed', null, '{}', '{"failure": "cut_stream"}') as is_ended) e
    where c.id = any (v_calls) and c.status = 'sent' and e.is_ended;
end $$;

create function live_events_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_live', '');
  return null;
end $$;
create trigger live_events_notify after insert on live_events
  for each statement execute function live_events_notify();

create function work_order_events_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('work_order', new.work_order_id, new.work_order_id, jsonb_strip_nulls(jsonb_build_object('kind', new.kind,
      'status', new.to_state ->> 'status', 'from_status', new.from_state ->> 'status',
      'step', coalesce(new.detail ->> 'step', new.to_state ->> 'step'), 'step_state', new.to_state ->> 'step_state',
      'duration_ms', new.detail -> 'durationMs')));
  return null;
end $$;
create trigger work_order_events_live after insert on work_order_events
  for each row execute function work_order_events_live();

create function error_events_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('error', new.id, new.work_order_id, jsonb_build_object('act', lower(tg_op), 'code', new.error_type,
      'failure_class', new.failure_class, 'category', new.category, 'severity', new.severity,
      'component', new.component, 'recovered', new.recovery_success, 'strategy', new.recovery_strategy, 'step', new.step,
      'has_text', new.error_message <> '', 'has_evidence', new.metadata -> 'hasWholeEvidence'));
  return null;
end $$;
create trigger error_events_live_insert after insert on error_events
  for each row execute function error_events_live();
create trigger error_events_live_update after update on error_events
  for each row when (old.recovery_success is distinct from new.recovery_success) execute function error_events_live();

create function escalations_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('escalation', new.id, new.work_order_id,
      jsonb_build_object('act', lower(tg_op), 'status', new.status, 'failure_class', new.failure_class));
  return null;
end $$;
create trigger escalations_live after insert or update on escalations
  for each row execute function escalations_live();

create function sessions_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('session', new.id, new.work_order_id, jsonb_build_object('act', lower(tg_op), 'state', new.state,
      'purpose', new.purpose, 'name', new.name, 'exit_code', new.exit_code, 'signal', new.signal,
      'lived_ms', case when new.ended_at is not null then round(extract(epoch from new.ended_at - new.created_at) * 1000) end,
      'noticed_after_ms', case when new.ended_at is not null
        then round(extract(epoch from clock_timestamp() - new.ended_at) * 1000) end));
  return null;
end $$;
create trigger sessions_live_insert after insert on sessions for each row execute function sessions_live();
create trigger sessions_live_update after update on sessions
  for each row when (old.state is distinct from new.state) execute function sessions_live();

create function system_alerts_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, detail) values ('alert', new.id,
    jsonb_build_object('act', lower(tg_op), 'severity', new.severity, 'component', new.component, 'is_open', new.resolved_at is null));
  return null;
end $$;
create trigger system_alerts_live after insert or update on system_alerts
  for each row execute function system_alerts_live();

create function circuit_states_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, detail)
    values ('circuit', new.key, jsonb_build_object('kind', new.kind, 'phase', new.phase, 'held_by', new.held_by));
  return null;
end $$;
create trigger circuit_states_live_insert after insert on circuit_states
  for each row execute function circuit_states_live();
create trigger circuit_states_live_update after update on circuit_states
  for each row when (old.phase is distinct from new.phase or old.held_by is distinct from new.held_by)
  execute function circuit_states_live();

create function watch_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values (tg_argv[0], new.key, new.work_order_id, jsonb_build_object('act', lower(tg_op)));
  return null;
end $$;
create trigger degradations_live after insert or update on degradations
  for each row execute function watch_live('degradation');
create trigger forecasts_live_insert after insert on forecasts for each row execute function watch_live('forecast');
create trigger forecasts_live_update after update on forecasts
  for each row when (old.ended_at is distinct from new.ended_at) execute function watch_live('forecast');

create function system_config_record() returns trigger language plpgsql as $$
declare
  v_key text := coalesce(new.key, old.key);
  v_by text := case when tg_op = 'DELETE' then coalesce(nullif(current_setting('moose.actor', true), ''), 'moose')
    else new.updated_by end;
begin
  if v_key not like 'budget.%' and v_key not like 'settings.%' then
    return null;
  end if;
  insert into system_config_history (key, version, value, changed_by)
    values (v_key, 1 + coalesce((select max(version) from system_config_history where key = v_key), 0), new.value, v_by);
  insert into live_events (topic, subject) values ('setting', v_key);
  -- Apart from all else that happens: every machine reads its settings again at each.
  perform pg_notify('moose_settings', v_key);
  return null;
end $$;
create trigger system_config_record_insert after insert or delete on system_config
  for each row execute function system_config_record();
create trigger system_config_record_update after update on system_config
  for each row when (old.value is distinct from new.value) execute function system_config_record();

create function work_orders_let_go() returns trigger language plpgsql as $$
begin
  -- Nothing of it can go on any more: there is nothing that a pause could keep.
  new.held_by := null;
  new.held_at := null;
  return new;
end $$;
create trigger work_orders_let_go before update of status, held_by on work_orders
  for each row when (new.held_by is not null and new.status in ('completed', 'cancelled'))
  execute function work_orders_let_go();

create function specs_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject) values ('spec', new.id);
  return null;
end $$;
create trigger specs_live after insert on specs for each row execute function specs_live();
-- The page of a spec shows its work orders.
create trigger specs_live_update after update on specs for each row execute function specs_live();

create function work_orders_wasted() returns trigger language plpgsql as $$
begin
  update cost_tracking set is_wasted = true
    where work_order_id = new.id and type = 'actual' and settled_at is not null and not is_wasted;
  return null;
end $$;
create trigger work_orders_wasted after update of wasted_nano_usd on work_orders
  for each row execute function work_orders_wasted();

create function is_of_past_day(at timestamptz) returns boolean language sql volatile
  return at < date_trunc('day', clock_timestamp(), 'UTC');

create function error_events_stale() returns trigger language plpgsql as $$
begin
  insert into stale_days (topic, day) select distinct 'errors', date_trunc('day', timestamp, 'UTC') from changed
    where is_of_past_day(timestamp);
  return null;
end $$;
create trigger error_events_stale_before after update on error_events referencing old table as changed
  for each statement execute function error_events_stale();
create trigger error_events_stale_delete after delete on error_events referencing old table as changed
  for each statement execute function error_events_stale();
create trigger error_events_stale_insert after insert on error_events referencing new table as changed
  for each statement execute function error_events_stale();
create trigger error_events_stale_update after update on error_events referencing new table as changed
  for each statement execute function error_events_stale();

create function cost_tracking_stale() returns trigger language plpgsql as $$
begin
  insert into stale_days (topic, day)
    select distinct 'costs', date_trunc('day', at, 'UTC')
    from (values (case when tg_op <> 'INSERT' then old.settled_at end), (case when tg_op <> 'DELETE' then new.settled_at end)) as moments (at)
    where is_of_past_day(at);
  return null;
end $$;
create trigger cost_tracking_stale_delete after delete on cost_tracking
  for each row when (old.type = 'actual' and is_of_past_day(old.settled_at)) execute function cost_tracking_stale();
create trigger cost_tracking_stale_insert after insert on cost_tracking
  for each row when (new.type = 'actual' and is_of_past_day(new.settled_at)) execute function cost_tracking_stale();
create trigger cost_tracking_stale_update
  after update of settled_at, actual_nano_usd, status, is_wasted, model on cost_tracking
  for each row when (new.type = 'actual' and (is_of_past_day(old.settled_at) or is_of_past_day(new.settled_at))
    and (old.settled_at is distinct from new.settled_at or old.actual_nano_usd is distinct from new.actual_nano_usd
      or old.status is distinct from new.status or old.is_wasted is distinct from new.is_wasted
      or old.model is distinct from new.model))
  execute function cost_tracking_stale();

-- An attempt cost what its work order had cost by then, without what it had cost at the attempt before: one that is added
-- or taken away changes the next one.
create function outcome_vectors_stale() returns trigger language plpgsql as $$
begin
  insert into stale_days (topic, day)
    select distinct 'outcomes', date_trunc('day', at, 'UTC') from (
      select created_at as at from changed
      union all
      select v.created_at from changed c join outcome_vectors v on v.work_order_id = c.work_order_id
        and v.created_at >= c.created_at
    ) as moments
    where is_of_past_day(at);
  return null;
end $$;
create trigger outcome_vectors_stale_before after update on outcome_vectors referencing old table as changed
  for each statement execute function outcome_vectors_stale();
create trigger outcome_vectors_stale_delete after delete on outcome_vectors referencing old table as changed
  for each statement execute function outcome_vectors_stale();
create trigger outcome_vectors_stale_insert after insert on outcome_vectors referencing new table as changed
  for each statement execute function outcome_vectors_stale();
create trigger outcome_vectors_stale_update after update on outcome_vectors referencing new table as changed
  for each statement execute function outcome_vectors_stale();

-- Every process that may print a value learns it, so that it can hide it.
create function project_variables_tell() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_settings', 'project_variables');
  return null;
end $$;
create trigger project_variables_tell after insert or update or delete on project_variables
  for each statement execute function project_variables_tell();

create function spec_of_row_live() returns trigger language plpgsql set search_path to moose, pg_temp as $$
begin
  insert into live_events (topic, subject) values ('spec', new.spec_id);
  return null;
end $$;
create trigger contract_checks_live after insert or update on contract_checks
  for each row execute function spec_of_row_live();
create trigger plannings_live after insert or update on plannings
  for each row execute function spec_of_row_live();
create trigger spec_plans_live after insert on spec_plans
  for each row execute function spec_of_row_live();
create trigger work_orders_spec_live after update of status, step, waits_for, pull_request_url, held_by on work_orders
  for each row when (new.spec_id is not null and (old.status is distinct from new.status
    or old.step is distinct from new.step or old.waits_for is distinct from new.waits_for
    or old.pull_request_url is distinct from new.pull_request_url or old.held_by is distinct from new.held_by))
  execute function spec_of_row_live();

-- An envelope may grow in steps while its calls need more, up to a ceiling, which its metadata name (R-PROJ-8).
-- Adds a step that fits this call, or as much as the ceiling and every window allow. It stays in the windows of the day on
-- which it was made, with their limits of today. False if nothing was added.
create function grow_envelope(p_envelope_id uuid, p_nano_usd bigint) returns boolean language plpgsql as $$
declare
  v_envelope cost_tracking;
  v_needed bigint;
  v_step bigint;
  v_more bigint;
  v_room bigint;
  v_keys text[];
  v_full text[];
begin
  select * into v_envelope from cost_tracking
    where id = p_envelope_id and type = 'reservation' and status = 'held' and metadata ? 'ceiling_nano_usd'
    for no key update;
  if not found then
    return false;
  end if;
  v_needed := p_nano_usd - (v_envelope.reserved_nano_usd - v_envelope.drawn_open_nano_usd
    - v_envelope.drawn_spent_nano_usd - v_envelope.drawn_presumed_nano_usd);
  -- Another call has let it grow in the meantime.
  if v_needed <= 0 then
    return true;
  end if;
  v_step := greatest(1, coalesce((v_envelope.metadata ->> 'step_nano_usd')::bigint, 1));
  v_more := least((v_envelope.metadata ->> 'ceiling_nano_usd')::bigint - v_envelope.reserved_nano_usd,
    ceil(v_needed::numeric / v_step)::bigint * v_step);
  -- A part of what the call needs is of no use to it, and would be missing elsewhere.
  if v_more < v_needed then
    return false;
  end if;
  perform lock_windows();
  for attempt in 1 .. 2 loop
    select array_agg(l.key order by l.key), min(room.left), array_agg(l.key) filter (where room.left < v_needed)
      into v_keys, v_room, v_full
      from budget_windows_of(v_envelope.metadata, v_envelope.service_name, v_envelope.created_at) l
        left join budget_windows w on w.key = l.key,
        lateral (select case when w.is_frozen then 0 else l.limit_nano_usd
          - coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0) end as left) room;
    -- The windows are others since the time zone has changed, or a limit was set or removed: the next envelope has these.
    if v_keys is distinct from v_envelope.window_keys then
      return false;
    end if;
    exit when v_full is null or attempt = 2;
    perform take_idle(v_full, v_needed - greatest(0, v_room), p_envelope_id);
  end loop;
  if v_full is not null then
    return false;
  end if;
  v_more := least(v_more, v_room);
  perform move_in_windows(v_keys, v_more, 0, 0, 0);
  update cost_tracking set reserved_nano_usd = reserved_nano_usd + v_more where id = p_envelope_id;
  return true;
end $$;

create function drifts_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, detail)
    values ('alert', new.id, jsonb_build_object('act', 'drift', 'is_open', new.ended_at is null));
  return null;
end $$;
create trigger drifts_live_insert after insert on drifts
  for each row execute function drifts_live();
create trigger drifts_live_update after update on drifts
  for each row when (old.answer is distinct from new.answer or old.ended_at is distinct from new.ended_at
    or old.failure is distinct from new.failure)
  execute function drifts_live();

create function circuit_states_changed() returns trigger language plpgsql as $$
begin
  insert into circuit_changes (key, phase, code) values (new.key, new.phase, new.because ->> 'code');
  return null;
end $$;
create trigger circuit_states_changed_insert after insert on circuit_states
  for each row when (new.phase <> 'closed') execute function circuit_states_changed();
create trigger circuit_states_changed_update after update on circuit_states
  for each row when (old.phase is distinct from new.phase) execute function circuit_states_changed();

-- Whoever inserts it has asked for it, unless the row names somebody else.
create function work_orders_requested() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.requested_by := coalesce(nullif(new.requested_by, ''), nullif(new.changed_by, ''), 'moose');
  else
    raise exception 'The requester of a work order never changes' using errcode = 'MS004';
  end if;
  return new;
end $$;
create trigger work_orders_requested_insert before insert on work_orders
  for each row execute function work_orders_requested();
create trigger work_orders_requested_update before update of requested_by on work_orders
  for each row when (old.requested_by is distinct from new.requested_by)
  execute function work_orders_requested();

-- Every limit of a day or a month that is in force, and the windows of people who have used some of the limit for each.
create function limits_in_force(p_at timestamptz default now())
returns table (key text, kind text, subject text, limit_nano_usd bigint) language sql stable as $$
  with setting as (
    select coalesce((select value #>> '{}' from system_config c where c.key = 'budget.time_zone'), 'UTC') as zone
  ),
  spans as (
    select 'day' as span, to_char(p_at at time zone zone, 'YYYY-MM-DD') as name from setting
    union all select 'month', to_char(p_at at time zone zone, 'YYYY-MM') from setting
  ),
  given as (
    select l.kind, l.subject, s.span, l.kind || '_' || s.span || ':' || s.name || ':' as prefix,
      case s.span when 'day' then coalesce(l.daily_nano_usd, each.daily_nano_usd)
        else coalesce(l.monthly_nano_usd, each.monthly_nano_usd) end as nano_usd
    from spending_limits l cross join spans s
      left join spending_limits each on l.kind = 'person' and each.kind = 'person' and each.subject = '*'
  )
  select w.key, 'system', null, w.limit_nano_usd from budget_windows_of('{}', '', p_at) w
  union all
  select prefix || given.subject, given.kind, given.subject, nano_usd from given where nano_usd is not null
  union all
  select w.key, 'person', substr(w.key, length(prefix) + 1), nano_usd
  from given join budget_windows w on w.key like 'person%' and starts_with(w.key, prefix)
  where given.kind = 'person' and given.subject = '*' and nano_usd is not null
    and not exists (select from spending_limits own where own.kind = 'person' and own.subject = substr(w.key, length(prefix) + 1))
$$;

-- Whoever reserves holds this shared, whoever sets a limit holds it alone: no envelope is made under the limits of before
-- once a limit has counted what there is. The key is 'moos' in ASCII.
create function hold_limits(p_alone boolean) returns void language plpgsql as $$
begin
  if p_alone then
    perform pg_advisory_xact_lock(x'6d6f6f73'::integer, 2);
  else
    perform pg_advisory_xact_lock_shared(x'6d6f6f73'::integer, 2);
  end if;
end $$;

-- As before, but the month begins the first time that the clock shows its beginning.
create function spending_limits_count() returns trigger language plpgsql as $$
declare
  v_since timestamptz;
  v_ids uuid[];
begin
  perform hold_limits(true);
  select began_at(date_trunc('month', now() at time zone zone), zone) into v_since
    from (select coalesce((select value #>> '{}' from system_config where key = 'budget.time_zone'), 'UTC') as zone) z;
  select array_agg(id) into v_ids from (
    select e.id from cost_tracking e
    where e.type = 'reservation' and e.created_at >= v_since and case new.kind
      when 'project' then e.metadata ->> 'project_id' = new.subject
      else new.subject in ('*', name_of_actor(coalesce(
        (select requested_by from work_orders w where w.id = e.work_order_id), e.metadata ->> 'asked_by'))) end
    order by e.id for update of e) locked;
  perform join_windows(v_ids, '^(person|project)_(day|month):');
  return null;
end $$;
create trigger spending_limits_count after insert or update on spending_limits
  for each row execute function spending_limits_count();

create function spending_limits_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, detail) values ('setting', 'spending_limits', jsonb_build_object('act', lower(tg_op)));
  return null;
end $$;
create trigger spending_limits_live after insert or update or delete on spending_limits
  for each row execute function spending_limits_live();

-- Once accepted or revoked, an invite stays so, whoever writes.
create function invites_end_once() returns trigger language plpgsql as $$
begin
  if old.accepted_at is not null or old.revoked_at is not null then
    raise exception 'An invite that is accepted or revoked never changes' using errcode = 'MS004';
  end if;
  return new;
end $$;
create trigger invites_end_once before update on invites for each row execute function invites_end_once();

-- Rings when a leg of a run may have been added to the queue: a leg is added in the transaction that inserts its run or
-- numbers its leg. So processes need not look at the queue many times a second.
create function ring_queue() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_queue', '');
  return null;
end $$;
create trigger runs_ring_queue after insert or update of leg on runs
  for each statement execute function ring_queue();

-- What was decided about an instant stays so, whoever writes; only a waiting one is still decided about.
create function schedule_runs_decided_once() returns trigger language plpgsql as $$
begin
  if old.outcome <> 'waiting' then
    raise exception 'The run of a schedule is decided about once' using errcode = 'MS004';
  end if;
  return new;
end $$;
create trigger schedule_runs_decided_once before update on schedule_runs
  for each row execute function schedule_runs_decided_once();

create function schedules_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, detail) values ('schedule', new.id, jsonb_build_object('act', lower(tg_op)));
  return null;
end $$;
create trigger schedules_live after insert or update on schedules for each row execute function schedules_live();

create function schedule_runs_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, detail)
    values ('schedule', new.schedule_id, jsonb_build_object('outcome', new.outcome));
  return null;
end $$;
create trigger schedule_runs_live after insert or update on schedule_runs
  for each row execute function schedule_runs_live();

-- The decision about a group stays so, whoever writes.
create function candidate_groups_decided_once() returns trigger language plpgsql as $$
begin
  if old.decided_at is not null then
    raise exception 'A group of candidates is decided about once' using errcode = 'MS004';
  end if;
  return new;
end $$;
create trigger candidate_groups_decided_once before update on candidate_groups
  for each row execute function candidate_groups_decided_once();

-- The page of each candidate shows all of them.
create function candidates_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', c.work_order_id, c.work_order_id, jsonb_build_object('kind', 'candidates')
    from candidates c where c.group_id = new.group_id;
  return null;
end $$;
create trigger candidates_live after update on candidates for each row execute function candidates_live();

create function candidate_groups_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', c.work_order_id, c.work_order_id, jsonb_build_object('kind', 'candidates')
    from candidates c where c.group_id = new.id;
  return null;
end $$;
create trigger candidate_groups_live after update on candidate_groups
  for each row execute function candidate_groups_live();

create function decided_once() returns trigger language plpgsql as $$
begin
  if old.decided_at is not null then
    raise exception 'A row of % is decided about once', tg_table_name using errcode = 'MS004';
  end if;
  return new;
end $$;
create trigger joint_groups_decided_once before update on joint_groups for each row execute function decided_once();

-- The page of each member shows all of them.
create function joint_live(of_group uuid) returns void language sql as $$
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', m.work_order_id, m.work_order_id, jsonb_build_object('kind', 'joint')
    from joint_members m where m.group_id = of_group
$$;

create function joint_members_live() returns trigger language plpgsql as $$
begin
  perform joint_live(new.group_id);
  return null;
end $$;
create trigger joint_members_live after update on joint_members for each row execute function joint_members_live();

create function joint_groups_live() returns trigger language plpgsql as $$
begin
  perform joint_live(new.id);
  return null;
end $$;
create trigger joint_groups_live after update on joint_groups for each row execute function joint_groups_live();

create function joint_orders_live() returns trigger language plpgsql as $$
begin
  perform joint_live((new.settings -> 'joint' ->> 'group')::uuid);
  return null;
end $$;
create trigger joint_orders_live after update of status, step, pull_request_url on work_orders
  for each row when (new.settings ? 'joint' and (old.status is distinct from new.status
    or old.step is distinct from new.step or old.pull_request_url is distinct from new.pull_request_url))
  execute function joint_orders_live();

-- Many calls are drawn in one transaction, and many are booked in one. A row that another transaction has locked is not
-- waited for: its call is `busy`, and is written alone. So no call waits for the rows of another one, and no two
-- transactions wait for each other's rows. The answers have the order of the calls.
create function draw_calls(p_call_ids uuid[], p_key_ids uuid[], p_key_hashes bytea[], p_gateway_ids uuid[],
    p_providers text[], p_models text[], p_wires text[], p_are_streams boolean[], p_nano_usd bigint[],
    p_input_tokens_max bigint[], p_output_tokens_max bigint[], p_price_versions text[])
  returns table (kind text, left_nano_usd bigint, open_nano_usd bigint, reason text)
  language plpgsql as $$
declare
  v_key record;
begin
  for n in 1 .. cardinality(p_call_ids) loop
    select k.run_id, coalesce(k.reservation_id, r.reservation_id) as envelope_id into v_key
      from gateway_keys k left join runs r on r.id = k.run_id where k.id = p_key_ids[n];
    if lock_call_rows(null, v_key.envelope_id, v_key.run_id, null) then
      return query select d.kind, d.left_nano_usd, d.open_nano_usd, d.reason
        from draw_call(p_call_ids[n], p_key_ids[n], p_key_hashes[n], p_gateway_ids[n], p_providers[n], p_models[n],
          p_wires[n], p_are_streams[n], p_nano_usd[n], p_input_tokens_max[n], p_output_tokens_max[n],
          p_price_versions[n]) d;
    else
      return query select 'busy', 0::bigint, 0::bigint, null::text;
    end if;
  end loop;
end $$;

-- Ends a call, or reduces its reservation. False if nothing changed: it was ended before, or is unknown.
create function book_call(p_call_id uuid, p_kind text, p_nano_usd bigint, p_usage jsonb, p_end jsonb) returns boolean
  language plpgsql as $$
begin
  return case p_kind
    when 'shrink' then shrink_call(p_call_id, p_nano_usd)
    when 'settle' then settle_call(p_call_id, p_nano_usd, p_usage, p_end)
    when 'presume' then presume_call(p_call_id, p_usage, p_end)
    when 'void' then void_call(p_call_id, p_end)
  end;
end $$;

create function book_calls(p_call_ids uuid[], p_kinds text[], p_nano_usd bigint[], p_usages jsonb[], p_ends jsonb[])
  returns table (answer text) language plpgsql as $$
declare
  v_call record;
begin
  for n in 1 .. cardinality(p_call_ids) loop
    select c.id, c.work_order_id, c.reservation_id into v_call from cost_tracking c where c.id = p_call_ids[n];
    if lock_call_rows(v_call.work_order_id, v_call.reservation_id, null, v_call.id) then
      return query select case when book_call(p_call_ids[n], p_kinds[n], p_nano_usd[n], p_usages[n], p_ends[n])
        then 'done' else 'unchanged' end;
    else
      return query select 'busy';
    end if;
  end loop;
end $$;

-- Locks rows in the order of all other writers. False if another transaction has locked one. Null: there is no such row.
create function lock_call_rows(p_work_order_id uuid, p_envelope_id uuid, p_run_id uuid, p_call_id uuid)
  returns boolean language plpgsql as $$
begin
  if p_work_order_id is not null then
    perform from work_orders where id = p_work_order_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  if p_envelope_id is not null then
    perform from cost_tracking where id = p_envelope_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  if p_run_id is not null then
    perform from runs where id = p_run_id for key share skip locked;
    if not found then
      return false;
    end if;
  end if;
  if p_call_id is not null then
    perform from cost_tracking where id = p_call_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  return true;
end $$;

-- Every call that is booked updates its work order and its envelope. Triggers that only look at other columns are no
-- longer called for it: a trigger with a list of columns costs nothing where none of them is set.
create function work_orders_touched() returns trigger language plpgsql as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end $$;
create trigger work_orders_touched before update on work_orders for each row execute function work_orders_touched();

create function work_orders_guard_costs() returns trigger language plpgsql as $$
begin
  if new.model_calls < old.model_calls or new.input_tokens < old.input_tokens or new.output_tokens < old.output_tokens
    or (new.cost_nano_usd < old.cost_nano_usd and current_setting('moose.cost_evidence', true)
      is distinct from old.id || ' ' || (old.cost_nano_usd - new.cost_nano_usd))
  then
    raise exception 'A work order''s counters only ever grow' using errcode = 'MS002';
  end if;
  return new;
end $$;
create trigger work_orders_guard_costs
  before update of cost_nano_usd, model_calls, input_tokens, output_tokens on work_orders
  for each row execute function work_orders_guard_costs();

-- Books calls and then draws others in one transaction, so that both share a commit and the draws find the money that the
-- bookings release. A draw waits for nobody's windows: while another transaction has locked them, the bookings are `busy`.
-- The answers have the order of the bookings, then that of the draws.
create function try_lock_windows() returns boolean language plpgsql as $$
begin
  return pg_try_advisory_xact_lock(x'6d6f6f73'::integer, 1);
end $$;

create function book_and_draw_calls(p_booked_ids uuid[], p_kinds text[], p_booked_nano_usd bigint[], p_usages jsonb[],
    p_ends jsonb[], p_call_ids uuid[], p_key_ids uuid[], p_key_hashes bytea[], p_gateway_ids uuid[], p_providers text[],
    p_models text[], p_wires text[], p_are_streams boolean[], p_nano_usd bigint[], p_input_tokens_max bigint[],
    p_output_tokens_max bigint[], p_price_versions text[])
  returns table (kind text, left_nano_usd bigint, open_nano_usd bigint, reason text)
  language plpgsql as $$
begin
  if try_lock_windows() then
    return query select b.answer, 0::bigint, 0::bigint, null::text
      from book_calls(p_booked_ids, p_kinds, p_booked_nano_usd, p_usages, p_ends) b;
  else
    return query select 'busy', 0::bigint, 0::bigint, null::text from unnest(p_booked_ids);
  end if;
  return query select d.kind, d.left_nano_usd, d.open_nano_usd, d.reason
    from draw_calls(p_call_ids, p_key_ids, p_key_hashes, p_gateway_ids, p_providers, p_models, p_wires, p_are_streams,
      p_nano_usd, p_input_tokens_max, p_output_tokens_max, p_price_versions) d;
end $$;

-- Whoever signs out, or loses the token, gets no more notifications, whichever process ends the session.
create function push_subscriptions_of_session() returns trigger language plpgsql as $$
begin
  delete from push_subscriptions where session_id = new.id;
  return null;
end $$;
create trigger push_subscriptions_of_session after update of ended_at on web_sessions
  for each row when (old.ended_at is null and new.ended_at is not null)
  execute function push_subscriptions_of_session();

create function push_subscriptions_of_token() returns trigger language plpgsql as $$
begin
  delete from push_subscriptions where token_id = new.id;
  return null;
end $$;
create trigger push_subscriptions_of_token after update of revoked_at on api_tokens
  for each row when (old.revoked_at is null and new.revoked_at is not null)
  execute function push_subscriptions_of_token();

-- Where clocks are set back from one o'clock to midnight, the first hour of a day, and perhaps of a month, comes twice.
-- The first instant at which clocks in this zone show this time or a later one. Clocks are changed at full quarters.
create function began_at(p_local timestamp, p_zone text) returns timestamptz language sql stable as $$
  select min(at) from generate_series(
    (p_local at time zone p_zone) - interval '3 hours', p_local at time zone p_zone, interval '15 minutes') as at
  where at at time zone p_zone >= p_local
$$;

-- Adds envelopes, which the caller has locked, to those of their windows that match and that they are not in yet.
create function join_windows(p_ids uuid[], p_pattern text) returns void language plpgsql as $$
begin
  if p_ids is null then
    return;
  end if;
  perform lock_windows();
  with missing as materialized (
    select e.id, l.key, l.limit_nano_usd, held_by_envelope(e) as held, e.drawn_spent_nano_usd as spent,
      e.drawn_presumed_nano_usd as presumed
    from cost_tracking e cross join lateral budget_windows_of(e.metadata, e.service_name, e.created_at) l
    where e.id = any (p_ids) and l.key ~ p_pattern and not l.key = any (e.window_keys)
  ),
  counted as (
    insert into budget_windows as w (key, limit_nano_usd, held_nano_usd, spent_nano_usd, presumed_nano_usd)
      select key, max(limit_nano_usd), sum(held), sum(spent), sum(presumed) from missing group by key order by key
      on conflict (key) do update set held_nano_usd = w.held_nano_usd + excluded.held_nano_usd,
        spent_nano_usd = w.spent_nano_usd + excluded.spent_nano_usd,
        presumed_nano_usd = w.presumed_nano_usd + excluded.presumed_nano_usd
  )
  update cost_tracking e set window_keys = (select array_agg(k order by k) from unnest(e.window_keys || added.keys) k)
    from (select id, array_agg(key) as keys from missing group by id) added where added.id = e.id;
end $$;

-- The limit of a project counts from when it is first set, also what was reserved while there was none in between.
create function project_limit_count() returns trigger language plpgsql as $$
declare
  v_key text := 'project:' || new.id;
  v_ids uuid[];
begin
  perform hold_limits(true);
  select array_agg(id) into v_ids from (
    select e.id from cost_tracking e
    where e.type = 'reservation' and e.metadata ->> 'project_id' = new.id::text and not v_key = any (e.window_keys)
      and e.created_at >= (select w.created_at from budget_windows w where w.key = v_key)
    order by e.id for update of e) locked;
  perform join_windows(v_ids, '^project:');
  return null;
end $$;
create trigger project_limit_count after update of settings on projects for each row
  when (old.settings ->> 'limit_usd' is null and new.settings ->> 'limit_usd' is not null)
  execute function project_limit_count();

create function spending_is_frozen() returns boolean language sql stable as $$
  select exists (select from budget_windows where is_frozen and key like 'month:%')
$$;

-- Money is held by calls. What an envelope has reserved and no call has drawn is idle: it counts for admitting the next run,
-- but a call of another envelope that finds no room takes it. The envelope grows again when its own calls need it.
-- What a reservation still expects to need beyond what it holds, because others have taken its idle money.
create function lent_by_envelope(envelope cost_tracking) returns bigint language sql immutable as $$
  select case when envelope.status <> 'held' or not envelope.metadata ? 'expected_nano_usd' then 0
    else greatest(0, (envelope.metadata ->> 'expected_nano_usd')::bigint - envelope.reserved_nano_usd) end
$$;

-- What other reservations still expect to need of a window, beyond what it holds for them.
create function lent_in_window(p_key text, p_except uuid) returns bigint language sql stable as $$
  select coalesce(sum(lent_by_envelope(e)), 0)::bigint from cost_tracking e
    where e.status = 'held' and e.type = 'reservation' and e.metadata ? 'expected_nano_usd' and p_key = any (e.window_keys)
      and e.id <> p_except
$$;

-- Takes idle money of other runs' envelopes in these windows, the largest amounts first. The caller holds the lock of the
-- windows.
-- An envelope on which a call draws at this moment is left alone: waiting for it here could wait in a circle.
create function take_idle(p_keys text[], p_nano_usd bigint, p_except uuid) returns void language plpgsql as $$
declare
  v_lender cost_tracking;
  v_idle bigint;
  v_missing bigint := p_nano_usd;
begin
  for v_lender in
    select * from cost_tracking e
      where e.status = 'held' and e.type = 'reservation' and e.run_id is not null and e.id <> p_except
        and e.window_keys && p_keys
        and e.reserved_nano_usd > e.drawn_open_nano_usd + e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd
      order by e.drawn_open_nano_usd + e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd - e.reserved_nano_usd, e.id
      for no key update skip locked
  loop
    v_idle := least(v_missing, v_lender.reserved_nano_usd - v_lender.drawn_open_nano_usd - v_lender.drawn_spent_nano_usd
      - v_lender.drawn_presumed_nano_usd);
    update cost_tracking e set
        reserved_nano_usd = e.reserved_nano_usd - v_idle,
        metadata = jsonb_build_object('ceiling_nano_usd', e.reserved_nano_usd::text, 'step_nano_usd', '1',
          'expected_nano_usd', e.reserved_nano_usd::text) || e.metadata
      where e.id = v_lender.id;
    perform move_in_windows(v_lender.window_keys, -v_idle, 0, 0, 0);
    v_missing := v_missing - v_idle;
    exit when v_missing <= 0;
  end loop;
end $$;

-- What a call of the envelope could draw at this moment at most, and what it could draw besides once all calls under way in
-- its windows have ended.
create function room_of_envelope(p_envelope_id uuid, out left_nano_usd bigint, out open_nano_usd bigint)
language plpgsql stable as $$
declare
  v_envelope cost_tracking;
  v_own bigint;
  v_ceiling bigint;
  v_keys text[];
  v_now bigint;
  v_later bigint;
begin
  select * into v_envelope from cost_tracking where id = p_envelope_id;
  v_own := v_envelope.reserved_nano_usd - v_envelope.drawn_open_nano_usd - v_envelope.drawn_spent_nano_usd
    - v_envelope.drawn_presumed_nano_usd;
  left_nano_usd := greatest(0, v_own);
  open_nano_usd := v_envelope.drawn_open_nano_usd;
  if v_envelope.status <> 'held' or not v_envelope.metadata ? 'ceiling_nano_usd' then
    return;
  end if;
  v_ceiling := v_own + (v_envelope.metadata ->> 'ceiling_nano_usd')::bigint - v_envelope.reserved_nano_usd;
  select array_agg(l.key order by l.key),
      min(case when w.is_frozen then 0
        else l.limit_nano_usd - coalesce(w.spent_nano_usd + w.presumed_nano_usd, 0) - o.open end),
      min(case when w.is_frozen then 0 else l.limit_nano_usd - coalesce(w.spent_nano_usd + w.presumed_nano_usd, 0) end)
    into v_keys, v_now, v_later
    from budget_windows_of(v_envelope.metadata, v_envelope.service_name, v_envelope.created_at) l
      left join budget_windows w on w.key = l.key,
      lateral (select coalesce(sum(e.drawn_open_nano_usd), 0)::bigint as open from cost_tracking e
        where e.status = 'held' and e.type = 'reservation' and l.key = any (e.window_keys)) o;
  if v_keys is distinct from v_envelope.window_keys then
    return;
  end if;
  left_nano_usd := greatest(left_nano_usd, least(v_ceiling, v_now));
  open_nano_usd := greatest(0, least(v_ceiling + v_envelope.drawn_open_nano_usd, v_later) - left_nano_usd);
end $$;
