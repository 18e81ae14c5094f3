-- What an ended sub-task has not used goes back to its parent, at most what that has set aside for it: it never runs again. One
-- that has failed may, and keeps it. Returns what has gone back. The caller has locked the parent, and then the sub-task.
create or replace function give_back(p_id uuid) returns bigint language plpgsql as $$
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
