-- What a change, a model and a check can be blamed for.

-- How a check came out on the commit that changes start from, without any change: run once, and shared by all work
-- orders that start there. What the machine or the network did to it is not kept.
create table base_checks (
  project_id uuid not null references projects,
  base_sha text not null,
  -- SHA-256 of the commands that ran, in their order.
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
  project_id uuid not null references projects,
  -- SHA-256 of the project and the value.
  fingerprint text not null,
  kind text not null,
  path text not null,
  allowed_by text not null,
  work_order_id uuid references work_orders,
  allowed_at timestamptz not null default now(),
  primary key (project_id, fingerprint)
);

-- Whether the project's own checks have judged the change, of one that is completed; an install is no check.
-- Null: not completed yet, or completed before this was known.
alter table work_orders
  add column is_verified boolean,
  add column not_verified_because text,
  add constraint work_orders_not_verified check ((is_verified is false) = (not_verified_because is not null));

-- Who has to change before such an attempt can succeed: 'work' and 'time' are the model's to answer for. Null: it succeeded.
alter table outcome_vectors add column fault text
  check (fault in ('work', 'time', 'passing', 'provider', 'setting', 'money', 'person'));
update outcome_vectors set fault = case
    when error_context ->> 'cancelled' is not null then 'person'
    when failure_class = 'budget_exceeded' then 'money'
    when error_context ->> 'step' in ('routing', 'creating_pr', 'tracking') then 'setting'
    when failure_class in ('test_fail', 'compile_error', 'lint_error', 'contract_violation') then 'work'
    when failure_class = 'timeout' then 'time'
    when error_context ->> 'code' like 'MODEL\_ANSWER\_%' then 'work'
    when error_context ->> 'code' in ('AGENT_REFUSED_CHANGE', 'AGENT_CHANGED_NOTHING', 'AGENT_BYPASSED') then 'work'
    else 'setting'
  end
  where not success;
-- The days are summed up again, without what no model can be blamed for.
delete from outcome_days;
delete from rolled_days where topic = 'outcomes';
