-- Best of N: several work orders that do the same work, of which the best one is kept.

create table candidate_groups (
  -- The work order of the first candidate.
  id uuid primary key references work_orders (id),
  size integer not null check (size between 2 and 5),
  -- What all candidates together may cost; null: the user gave no limit.
  limit_nano_usd bigint check (limit_nano_usd > 0),
  created_at timestamptz not null default clock_timestamp(),
  decided_at timestamptz,
  -- `kept`: the best candidate goes on. `none_passed`: the kept one asks a person. `given_up`: none was left.
  outcome text check (outcome in ('kept', 'none_passed', 'given_up')),
  kept uuid references work_orders (id),
  because text,
  check (num_nulls(decided_at, outcome, because) % 3 = 0),
  check ((kept is null) = (outcome is null or outcome = 'given_up'))
);

create table candidates (
  work_order_id uuid primary key references work_orders (id),
  group_id uuid not null references candidate_groups (id),
  number integer not null check (number between 1 and 5),
  -- What came of it, while it waits for the decision; null while it is at work.
  result text check (result in ('passed', 'failed')),
  settled_at timestamptz,
  -- By what it is ranked: {is_verified, warnings, changed_lines}.
  facts jsonb,
  -- The failure of a failed one, from which its question is made if it is the one that asks.
  failure jsonb,
  unique (group_id, number),
  check (num_nulls(result, settled_at) <> 1),
  check ((result is not distinct from 'passed') = (facts is not null)),
  check ((result is not distinct from 'failed') = (failure is not null))
);

-- The decision about a group stays so, whoever writes.
create function candidate_groups_decided_once() returns trigger language plpgsql as $$
begin
  if old.decided_at is not null then
    raise exception 'A group of candidates is decided about once' using errcode = 'MS004';
  end if;
  return new;
end $$;
create trigger candidate_groups_decided_once before update on candidate_groups
  for each row execute function candidate_groups_decided_once();

-- The page of each candidate shows all of them.
create function candidates_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', c.work_order_id, c.work_order_id, jsonb_build_object('kind', 'candidates')
    from candidates c where c.group_id = new.group_id;
  return null;
end $$;
create trigger candidates_live after update on candidates for each row execute function candidates_live();

create function candidate_groups_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', c.work_order_id, c.work_order_id, jsonb_build_object('kind', 'candidates')
    from candidates c where c.group_id = new.id;
  return null;
end $$;
create trigger candidate_groups_live after update on candidate_groups
  for each row execute function candidate_groups_live();
