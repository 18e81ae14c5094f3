-- Runs the approved plan of a spec (R-SPEC-2): all its work orders are rows from the approval on. One that waits for others
-- has no run until the last of them is there.
alter table specs
  -- Null until a plan is approved. While `approved` or `paused`, no further work order starts.
  add column run_state text check (run_state in ('approved', 'running', 'paused', 'done', 'cancelled')),
  add column approved_version integer,
  add column approved_by text,
  add column approved_at timestamptz,
  -- Who changed run_state last, and when.
  add column run_changed_by text,
  add column run_changed_at timestamptz,
  add constraint specs_approved_plan foreign key (id, approved_version) references spec_plans (spec_id, version),
  add constraint specs_approved_check check (
    num_nulls(run_state, approved_version, approved_by, approved_at, run_changed_by, run_changed_at) % 6 = 0);

create index specs_running on specs (id) where run_state = 'running';

alter table work_orders
  add column spec_id uuid references specs (id),
  -- The key of the work order in the plan; null for one that another has replaced.
  add column plan_key text,
  -- How many of its dependencies are not met. It starts when there is none left.
  add column waits_for integer not null default 0 check (waits_for >= 0),
  -- What it was expected to cost when its plan was approved.
  add column estimate_low_nano_usd bigint,
  add column estimate_high_nano_usd bigint,
  add constraint work_orders_planned_check check (plan_key is null or spec_id is not null),
  add constraint work_orders_estimate_check check (
    num_nulls(estimate_low_nano_usd, estimate_high_nano_usd) <> 1 and estimate_low_nano_usd <= estimate_high_nano_usd);

create unique index work_orders_plan_key on work_orders (spec_id, plan_key) where spec_id is not null;
-- Those that keep the run of their spec from ending: at work, in front of a person, or about to start.
create index work_orders_movable on work_orders (spec_id) where spec_id is not null
  and (status in ('in_progress', 'needs_review') or (status = 'pending' and waits_for = 0));

create table work_order_dependencies (
  work_order_id uuid not null references work_orders (id),
  depends_on uuid not null references work_orders (id),
  -- When it stopped holding the work order back.
  met_at timestamptz,
  primary key (work_order_id, depends_on),
  check (work_order_id <> depends_on)
);

create index work_order_dependencies_on on work_order_dependencies (depends_on);

-- The page of a spec shows its work orders.
create trigger specs_live_update after update on specs for each row execute function specs_live();
create trigger work_orders_spec_live after update on work_orders for each row
  when (new.spec_id is not null and (old.status, old.step, old.waits_for, old.pull_request_url, old.held_by)
    is distinct from (new.status, new.step, new.waits_for, new.pull_request_url, new.held_by))
  execute function spec_of_row_live();
