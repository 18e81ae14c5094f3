-- The plans of specs, each version with its author (R-SPEC-1, R-SPEC-4), and the requests that make the Architect write
-- one. A request has an account of its own: outside the day's limit, inside the month's (R-BUD-8).
create table plannings (
  id uuid primary key,
  spec_id uuid not null references specs (id),
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
  ended_at timestamptz
);

create unique index plannings_one_open on plannings (spec_id) where ended_at is null;
create index plannings_spec on plannings (spec_id, asked_at);

create table spec_plans (
  id uuid primary key,
  spec_id uuid not null references specs (id),
  version integer not null,
  plan jsonb not null,
  -- Empty if the plan is valid.
  problems jsonb not null,
  -- Null for a person's version.
  planning_id uuid references plannings (id),
  made_by text not null,
  because text not null,
  created_at timestamptz not null default clock_timestamp(),
  unique (spec_id, version)
);

create function spec_of_row_live() returns trigger language plpgsql set search_path to moose, pg_temp as $$
begin
  insert into live_events (topic, subject) values ('spec', new.spec_id);
  return null;
end $$;

create trigger plannings_live after insert or update on plannings
  for each row execute function spec_of_row_live();
create trigger spec_plans_live after insert on spec_plans
  for each row execute function spec_of_row_live();
