-- How likely a run is to go nowhere, after each failed cycle, with the features that say so.
create table run_scores (
  run_id uuid not null references runs,
  work_order_id uuid not null references work_orders,
  cycle integer not null,
  score double precision not null check (score between 0 and 1),
  -- The threshold and the mode in effect at that time.
  threshold double precision not null,
  mode text not null check (mode in ('off', 'warn', 'act')),
  -- True if the run was paused because of this score.
  has_paused boolean not null default false,
  reasons jsonb not null,
  features jsonb not null,
  -- What the calls of the run had cost by then.
  cost_nano_usd bigint not null,
  at timestamptz not null default now(),
  primary key (run_id, cycle)
);

create index run_scores_work_order on run_scores (work_order_id, at desc);
create index run_scores_at on run_scores (at);
