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
  work_order_id uuid references work_orders,
  session_id uuid references sessions,
  step work_order_step,
  attempt integer,
  fingerprint text not null,
  recovery_strategy text,
  recovery_success boolean,
  retry_count integer not null default 0,
  resolution_time_ms bigint,
  metadata jsonb not null default '{}'
);
create index error_events_timestamp on error_events (timestamp);
create index error_events_type on error_events (error_type, timestamp);
create index error_events_component on error_events (component, timestamp);
create index error_events_fingerprint on error_events (fingerprint, timestamp);
create index error_events_work_order on error_events (work_order_id, timestamp);

create table escalations (
  id uuid primary key,
  work_order_id uuid references work_orders,
  failure_class failure_class not null,
  title text not null,
  context jsonb not null,
  options jsonb not null,
  recommended_option text,
  status text not null default 'open' check (status in ('open', 'resolved', 'withdrawn')),
  chosen_option text,
  resolved_by text,
  resolved_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index escalations_one_open on escalations (work_order_id) where status = 'open';
create index escalations_status on escalations (status, created_at);

create table system_alerts (
  id uuid primary key,
  severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
  component text not null,
  message text not null,
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  resolved_at timestamptz
);

create table decision_logs (
  id uuid primary key,
  work_order_id uuid references work_orders,
  kind text not null check (kind in ('routing', 'refinement_cycle', 'escalation', 'retry', 'skip')),
  agent_type text not null,
  input_context jsonb not null,
  decision_output jsonb not null,
  created_at timestamptz not null default clock_timestamp()
);
create index decision_logs_work_order on decision_logs (work_order_id, created_at);

-- One row for each finished attempt, success or not (R-LRN-2).
create table outcome_vectors (
  id uuid primary key,
  work_order_id uuid not null references work_orders,
  run_id uuid not null references runs,
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
  unique (run_id)
);
