-- Projects that take issues of their forge as work orders, and when the forge is asked for them next (R-SEN-5).
create table forge_intakes (
  project_id uuid primary key references projects (id),
  host text not null,
  repository text not null,
  next_look_at timestamptz not null default clock_timestamp(),
  looked_at timestamptz,
  -- Why the last look failed; null if it did not.
  problem text
);

-- A remark that went to a work order: with which message, from which commit on, and to which work order if its own one
-- had ended.
alter table pull_request_remarks
  add column request_id text,
  add column sent_sha text,
  -- Written with the work order, and before it.
  add column follow_up_id uuid references work_orders (id) deferrable initially deferred;
