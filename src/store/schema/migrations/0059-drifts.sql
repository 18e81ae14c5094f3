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
  check ((ended_at is null) = (end_state is null)),
  check (num_nulls(answer, answered_by, answered_at) % 3 = 0)
);
create unique index drifts_open on drifts (kind, host, subject) where ended_at is null;
create index drifts_ended on drifts (ended_at) where ended_at is not null;

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
