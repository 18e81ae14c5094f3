-- Lowers the limit of a work order, and what its envelope may still draw. False: so much is not left, and nothing changes.
-- The caller has locked the work order; then the envelope and the windows follow, in the order of all bookings.
create or replace function set_aside(p_id uuid, p_nano_usd bigint) returns boolean language plpgsql as $$
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
