-- One change over several repositories: a work order for each, which publish together, in order.

create table joint_groups (
  -- The first work order.
  id uuid primary key references work_orders (id),
  size integer not null check (size between 2 and 5),
  -- What all members together may cost; null: the user gave no limit.
  limit_nano_usd bigint check (limit_nano_usd > 0),
  created_at timestamptz not null default clock_timestamp(),
  decided_at timestamptz,
  -- `published`: each opens its pull request. `cancelled`: one was cancelled before that, and all others with it.
  outcome text check (outcome in ('published', 'cancelled')),
  because text,
  check (num_nulls(decided_at, outcome, because) % 3 = 0)
);

create table joint_members (
  work_order_id uuid primary key references work_orders (id),
  group_id uuid not null references joint_groups (id),
  -- Each follows those with smaller numbers.
  number integer not null check (number between 1 and 5),
  -- When it passed its checks; null while it is at work, also again.
  passed_at timestamptz,
  -- The change that passed last.
  tree_sha text,
  unique (group_id, number),
  check (passed_at is null or tree_sha is not null)
);

create function decided_once() returns trigger language plpgsql as $$
begin
  if old.decided_at is not null then
    raise exception 'A row of % is decided about once', tg_table_name using errcode = 'MS004';
  end if;
  return new;
end $$;
create trigger joint_groups_decided_once before update on joint_groups for each row execute function decided_once();

-- The page of each member shows all of them.
create function joint_live(of_group uuid) returns void language sql as $$
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', m.work_order_id, m.work_order_id, jsonb_build_object('kind', 'joint')
    from joint_members m where m.group_id = of_group
$$;

create function joint_members_live() returns trigger language plpgsql as $$
begin
  perform joint_live(new.group_id);
  return null;
end $$;
create trigger joint_members_live after update on joint_members for each row execute function joint_members_live();

create function joint_groups_live() returns trigger language plpgsql as $$
begin
  perform joint_live(new.id);
  return null;
end $$;
create trigger joint_groups_live after update on joint_groups for each row execute function joint_groups_live();

create function joint_orders_live() returns trigger language plpgsql as $$
begin
  perform joint_live((new.settings -> 'joint' ->> 'group')::uuid);
  return null;
end $$;
create trigger joint_orders_live after update on work_orders for each row
  when (new.settings ? 'joint'
    and (old.status, old.step, old.pull_request_url) is distinct from (new.status, new.step, new.pull_request_url))
  execute function joint_orders_live();
