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
  check ((next_due_at is null) = (paused_at is not null or removed_at is not null)),
  check ((paused_at is null) = (paused_by is null)),
  check ((removed_at is null) = (removed_by is null))
);
create unique index schedules_name on schedules (lower(name)) where removed_at is null;
create index schedules_due on schedules (next_due_at) where next_due_at is not null;

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
  primary key (schedule_id, due_at),
  check ((outcome = 'submitted') = (work_order_id is not null)),
  check ((outcome = 'missed') = (first_due_at is not null)),
  check (outcome = 'missed' or instants = 1)
);
create index schedule_runs_tried on schedule_runs (schedule_id, due_at desc) where outcome in ('submitted', 'refused');
-- At most one instant waits for the previous work order.
create unique index schedule_runs_waiting on schedule_runs (schedule_id) where outcome = 'waiting';
create index schedule_runs_decided on schedule_runs (decided_at) where outcome <> 'submitted';

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

alter table live_events drop constraint live_events_topic_check;
alter table live_events add constraint live_events_topic_check check (topic in ('work_order', 'error', 'escalation',
  'session', 'alert', 'circuit', 'degradation', 'forecast', 'setting', 'spec', 'schedule'));

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
