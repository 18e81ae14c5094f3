-- Work orders that are decided about together, once: candidates for the same work, of which the best one is kept, or the
-- parts of one change over several repositories, which are published together, in order. Both are groups of one kind of
-- table; before, each had its own.
create table work_order_groups (
  -- The first work order.
  id uuid primary key references work_orders (id),
  kind text not null check (kind in ('candidates', 'joint')),
  size integer not null check (size >= 2 and size <= 5),
  -- What all members together may cost; null: the user gave no limit.
  limit_nano_usd bigint check (limit_nano_usd > 0),
  created_at timestamptz not null default clock_timestamp(),
  decided_at timestamptz,
  -- Candidates: `kept`: the best one goes on; `none_passed`: the kept one asks a person; `given_up`: none was left.
  -- Joint: `published`: each opens its pull request; `cancelled`: one was cancelled before that, and all others with it.
  outcome text check (outcome in ('kept', 'none_passed', 'given_up', 'published', 'cancelled')),
  kept uuid references work_orders (id),
  because text,
  constraint work_order_groups_decided check ((num_nulls(decided_at, outcome, because) % 3) = 0),
  constraint work_order_groups_outcome check ((outcome in ('published', 'cancelled')) = (kind = 'joint')),
  constraint work_order_groups_kept check ((kept is not null) = coalesce(outcome in ('kept', 'none_passed'), false))
);
insert into work_order_groups (id, kind, size, limit_nano_usd, created_at, decided_at, outcome, kept, because)
  select id, 'candidates', size, limit_nano_usd, created_at, decided_at, outcome, kept, because from candidate_groups
  union all
  select id, 'joint', size, limit_nano_usd, created_at, decided_at, outcome, null, because from joint_groups;

create table group_members (
  work_order_id uuid primary key references work_orders (id),
  group_id uuid not null references work_order_groups (id),
  -- In a joint change, each follows those with smaller numbers.
  number integer not null check (number >= 1 and number <= 5),
  -- What came of it, while it waits for the decision; null while it is at work, also again.
  result text check (result in ('passed', 'failed')),
  settled_at timestamptz,
  -- By what a candidate is ranked: {is_verified, warnings, changed_lines}.
  facts jsonb,
  -- The failure of a failed one, from which its question is made if it is the one that asks.
  failure jsonb,
  -- In a joint change: the change that passed last, also while it is at work again.
  tree_sha text,
  constraint group_members_settled check (num_nulls(result, settled_at) <> 1),
  constraint group_members_facts check (facts is null or result = 'passed'),
  constraint group_members_passed check (result is distinct from 'passed' or num_nonnulls(facts, tree_sha) = 1),
  constraint group_members_failure check ((result is not distinct from 'failed') = (failure is not null)),
  unique (group_id, number)
);
insert into group_members (work_order_id, group_id, number, result, settled_at, facts, failure, tree_sha)
  select work_order_id, group_id, number, result, settled_at, facts, failure, null from candidates
  union all
  select work_order_id, group_id, number, case when passed_at is not null then 'passed' end, passed_at, null, null,
    tree_sha from joint_members;

drop trigger joint_orders_live on work_orders;
drop table candidates;
drop table candidate_groups;
drop table joint_members;
drop table joint_groups;
drop function candidate_groups_decided_once, candidates_live, candidate_groups_live, joint_members_live,
  joint_groups_live, joint_orders_live, joint_live;

-- A work order says the same about both kinds.
alter table work_orders disable trigger work_orders_touched;
update work_orders set settings = (settings - 'candidate')
    || jsonb_build_object('group', settings -> 'candidate' || jsonb_build_object('kind', 'candidates'))
  where settings ? 'candidate';
update work_orders set settings = (settings - 'joint')
    || jsonb_build_object('group', settings -> 'joint' || jsonb_build_object('kind', 'joint'))
  where settings ? 'joint';
alter table work_orders enable trigger work_orders_touched;

-- The decision stays so, whoever writes.
create trigger work_order_groups_decided_once before update on work_order_groups
  for each row execute function decided_once();

-- The page of each member shows all of them.
create function group_live(of_group uuid) returns void language sql as $$
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', m.work_order_id, m.work_order_id, jsonb_build_object('kind', 'group')
    from group_members m where m.group_id = of_group
$$;

create function group_members_live() returns trigger language plpgsql as $$
begin
  perform group_live(new.group_id);
  return null;
end $$;
create trigger group_members_live after update on group_members for each row execute function group_members_live();

create function work_order_groups_live() returns trigger language plpgsql as $$
begin
  perform group_live(new.id);
  return null;
end $$;
create trigger work_order_groups_live after update on work_order_groups
  for each row execute function work_order_groups_live();

create function group_orders_live() returns trigger language plpgsql as $$
begin
  perform group_live((new.settings -> 'group' ->> 'group')::uuid);
  return null;
end $$;
create trigger group_orders_live after update of status, step, pull_request_url on work_orders
  for each row when (new.settings ? 'group' and (old.status is distinct from new.status
    or old.step is distinct from new.step or old.pull_request_url is distinct from new.pull_request_url))
  execute function group_orders_live();
