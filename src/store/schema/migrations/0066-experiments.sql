-- Two policies that share a project's work orders by chance, until it is clear which is better (R-LRN-5).
create table policy_experiments (
  id uuid primary key,
  project_id uuid not null references projects (id),
  -- `static`, `learned`, or `fixed:` and up to three arms.
  policy_a text not null,
  policy_b text not null check (policy_b <> policy_a),
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
  check ((state = 'running') = (ended_at is null)),
  check ((ended_at is null) = (ended_by is null) and (ended_at is null) = (result is null))
);

create unique index policy_experiments_one_at_a_time on policy_experiments (project_id) where state = 'running';

alter table decision_logs drop constraint decision_logs_policy_check;
alter table decision_logs add constraint decision_logs_policy_check check (policy in ('learned', 'static', 'fixed'));
alter table decision_logs
  -- The experiment that ran when the first arm of the work order was chosen.
  add column experiment_id uuid references policy_experiments (id),
  -- Whose policy chooses for this work order; null: it is not part of the experiment.
  add column side text check (side in ('a', 'b')),
  -- The actual chance of each arm, with the assignment taken into account.
  add column acted jsonb,
  add constraint decision_logs_experiment_check check (
    (experiment_id is null or try is not null) and (side is null or acted is not null)
    and (acted is null or experiment_id is not null));

create index decision_logs_experiment on decision_logs (experiment_id, id) where experiment_id is not null;
