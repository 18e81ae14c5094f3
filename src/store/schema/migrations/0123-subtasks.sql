-- A running agent may ask for a work order of its own: a sub-task. Its limit is taken out of the limit of its parent, so the
-- two together never cost more than a person has allowed.
alter table work_orders add column parent_id uuid references work_orders (id),
  -- The end of a sub-task that the story of its parent tells.
  add column told_parent work_order_status,
  -- The cancellation of its parent has reached it, once: a person may continue it afterwards.
  add column is_told_of_cancel boolean not null default false,
  -- Of the words by which the agent asked: the same words are the same sub-task. The ID is chosen at random, because it names
  -- the worktree and the branch, and nobody who asks may choose these.
  add column request_hash text,
  -- What its parent has set aside for it, and how much of that has gone back. A person may raise its limit above it.
  add column set_aside_nano_usd bigint not null default 0,
  add column given_back_nano_usd bigint not null default 0,
  add constraint work_orders_given_back check (given_back_nano_usd between 0 and set_aside_nano_usd);
create unique index work_orders_request on work_orders (parent_id, request_hash) where parent_id is not null;
create index work_orders_parent on work_orders (parent_id, id) where parent_id is not null;
create index work_orders_untold_subtasks on work_orders (parent_id) where parent_id is not null and not is_told_of_cancel
  and status in ('pending', 'in_progress', 'needs_review', 'failed');
create index work_orders_ended_subtasks on work_orders (id)
  where parent_id is not null and status in ('completed', 'failed', 'cancelled') and told_parent is distinct from status;

-- A sub-task has no sub-tasks, whoever writes, and stays with its parent.
create function work_orders_subtask() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    raise exception 'The parent of a work order never changes' using errcode = 'MS004';
  end if;
  if new.parent_id = new.id or exists (select from work_orders where id = new.parent_id and parent_id is not null) then
    raise exception 'A sub-task has no sub-tasks' using errcode = 'MS004';
  end if;
  return new;
end $$;
create trigger work_orders_subtask_insert before insert on work_orders
  for each row when (new.parent_id is not null) execute function work_orders_subtask();
create trigger work_orders_subtask_update before update of parent_id on work_orders
  for each row when (old.parent_id is distinct from new.parent_id) execute function work_orders_subtask();

-- What a work order may still set aside: its limit without what it has cost and what calls under way may cost. Null: it has
-- no limit.
create function left_of_work_order(p_id uuid) returns bigint language sql stable as $$
  select w.limit_nano_usd - w.cost_nano_usd - coalesce((
      select sum(e.drawn_open_nano_usd) from cost_tracking e
      where e.work_order_id = w.id and e.type = 'reservation' and e.status = 'held'), 0)::bigint
    from work_orders w where w.id = p_id
$$;

-- Lowers the limit of a work order, and what its envelope may still draw. False: so much is not left, and nothing changes.
-- The caller has locked the work order; then the envelope and the windows follow, in the order of all bookings.
create function set_aside(p_id uuid, p_nano_usd bigint) returns boolean language plpgsql as $$
declare
  v_order work_orders;
  v_before cost_tracking;
  v_after cost_tracking;
  v_capacity bigint;
  v_limit bigint;
begin
  select * into strict v_order from work_orders where id = p_id for no key update;
  perform from cost_tracking where work_order_id = p_id and type = 'reservation' and status = 'held'
    order by id for no key update;
  v_limit := v_order.limit_nano_usd - p_nano_usd;
  -- The order itself keeps something: a limit of 0 is none.
  if v_limit is null or p_nano_usd <= 0 or p_nano_usd >= left_of_work_order(p_id) then
    return false;
  end if;
  -- One envelope at most is open; where a crash has left a second one, a later request finds it closed.
  if (select count(*) from cost_tracking where work_order_id = p_id and type = 'reservation' and status = 'held') > 1 then
    return false;
  end if;
  for v_before in
    select * from cost_tracking where work_order_id = p_id and type = 'reservation' and status = 'held'
  loop
    v_capacity := least(coalesce((v_before.metadata ->> 'ceiling_nano_usd')::bigint, v_before.reserved_nano_usd),
      v_limit - (v_order.cost_nano_usd - v_before.drawn_spent_nano_usd - v_before.drawn_presumed_nano_usd));
    update cost_tracking e set
        reserved_nano_usd = least(e.reserved_nano_usd, v_capacity),
        metadata = e.metadata
          || case when e.metadata ? 'ceiling_nano_usd' then jsonb_build_object('ceiling_nano_usd', v_capacity::text) else '{}' end
          || case when e.metadata ? 'expected_nano_usd' then jsonb_build_object('expected_nano_usd',
            least((e.metadata ->> 'expected_nano_usd')::bigint, v_capacity)::text) else '{}' end
      where e.id = v_before.id returning * into v_after;
    perform move_in_windows(v_after.window_keys, held_by_envelope(v_after) - held_by_envelope(v_before), 0, 0, 0);
  end loop;
  update work_orders set limit_nano_usd = v_limit where id = p_id;
  update budget_windows set limit_nano_usd = v_limit where key = 'work_order:' || p_id;
  return true;
end $$;

-- What an ended sub-task has not used goes back to its parent, at most what that has set aside for it: it never runs again. One
-- that has failed may, and keeps it. Returns what has gone back. The caller has locked the parent, and then the sub-task.
create function give_back(p_id uuid) returns bigint language plpgsql as $$
declare
  v_order work_orders;
  v_back bigint;
begin
  select * into strict v_order from work_orders where id = p_id;
  -- A limit of 0 is none.
  v_back := greatest(0, least(left_of_work_order(p_id), v_order.limit_nano_usd - 1,
    v_order.set_aside_nano_usd - v_order.given_back_nano_usd));
  if v_order.parent_id is null or v_order.status not in ('completed', 'cancelled') or v_back = 0 then
    return 0;
  end if;
  update work_orders set limit_nano_usd = limit_nano_usd - v_back, given_back_nano_usd = given_back_nano_usd + v_back
    where id = p_id;
  update work_orders set limit_nano_usd = limit_nano_usd + v_back where id = v_order.parent_id;
  update budget_windows w set limit_nano_usd = o.limit_nano_usd from work_orders o
    where o.id in (p_id, v_order.parent_id) and w.key = 'work_order:' || o.id;
  return v_back;
end $$;

-- The pages of both show the other. Whoever ends a sub-task holds the windows, and must not wait for its parent: so the story
-- of the parent is written later, by a job.
create function work_orders_subtask_moved() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('work_order', new.parent_id, new.parent_id, jsonb_build_object('kind', 'subtask'));
  return null;
end $$;
create trigger work_orders_subtask_moved after update of status, step, pull_request_url, approved_at on work_orders
  for each row when (new.parent_id is not null and (old.status is distinct from new.status or old.step is distinct from new.step
    or old.pull_request_url is distinct from new.pull_request_url or old.approved_at is distinct from new.approved_at))
  execute function work_orders_subtask_moved();

create function work_orders_parent_moved() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', c.id, c.id, jsonb_build_object('kind', 'subtask') from work_orders c where c.parent_id = new.id;
  return null;
end $$;
create trigger work_orders_parent_moved after update of status on work_orders
  for each row when (old.status is distinct from new.status) execute function work_orders_parent_moved();
