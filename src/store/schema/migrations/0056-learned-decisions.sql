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
  event text not null check (event in
    ('arm', 'price', 'success', 'failure', 'provider_fault', 'did_not_hold', 'held_after_all')),
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
  primary key (project_id, ordinal),
  check ((work_order_id is null) = (try is null))
);

-- Each try has one outcome, whoever tells it.
create unique index learner_events_outcome on learner_events (work_order_id, try)
  where event in ('success', 'failure', 'provider_fault');
create index learner_events_work_order on learner_events (work_order_id, ordinal);

-- A choice of an arm is a decision with a try; the other columns are null on every other decision.
alter table decision_logs
  add column run_id uuid references runs (id),
  add column try integer check (try > 0),
  add column mode text check (mode in ('shadow', 'on')),
  -- Whose choice was acted upon.
  add column policy text check (policy in ('learned', 'static')),
  add column is_held_out boolean,
  -- What was acted upon; null: nothing, a person is asked.
  add column arm text,
  -- What the learned policy chose; null: to stop.
  add column learned_arm text,
  add column static_arm text,
  -- Of the learned policy, for each arm on offer and for `-`, which is to stop.
  add column propensities jsonb,
  add column candidates jsonb,
  add column features jsonb,
  add column price_version text,
  add constraint decision_logs_choice_check check (
    (try is null) = (run_id is null) and (try is null) = (mode is null) and (try is null) = (policy is null)
    and (try is null) = (is_held_out is null) and (try is null) = (propensities is null)
    and (try is null) = (candidates is null) and (try is null) = (features is null)
    and (try is null) = (price_version is null));

create unique index decision_logs_try on decision_logs (work_order_id, try) where try is not null;
