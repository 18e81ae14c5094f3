-- Ends a hold, once: what was really spent, and what must be presumed spent. More than was held is booked all
-- the same, freezes the windows and raises an alert: it means that a bound is wrong.
create or replace function settle_reservation(p_reservation_id uuid, p_actual_nano_usd bigint default 0, p_presumed_nano_usd bigint default 0)
returns boolean language plpgsql as $$
declare
  v_envelope cost_tracking;
  v_after cost_tracking;
  v_calls integer;
  v_open bigint;
  v_given bigint;
  v_overrun bigint;
begin
  if p_actual_nano_usd is null or p_presumed_nano_usd is null or p_actual_nano_usd < 0 or p_presumed_nano_usd < 0 then
    raise exception 'A settlement must be 0 or more, not % and %', p_actual_nano_usd, p_presumed_nano_usd
      using errcode = 'MS010';
  end if;
  select * into v_envelope from cost_tracking where id = p_reservation_id and type = 'reservation' and status = 'held';
  if not found then
    return false;
  end if;
  perform from work_orders where id = v_envelope.work_order_id for no key update;
  select * into v_envelope from cost_tracking where id = p_reservation_id for no key update;
  if v_envelope.status <> 'held' then
    return false;
  end if;
  with ended as (
    update cost_tracking set status = 'presumed', actual_nano_usd = reserved_nano_usd, settled_at = clock_timestamp()
      where reservation_id = p_reservation_id and type = 'actual' and status = 'sent' returning reserved_nano_usd
  )
  select count(*), coalesce(sum(reserved_nano_usd), 0) into v_calls, v_open from ended;
  v_given := p_actual_nano_usd + p_presumed_nano_usd;
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd,
      actual_nano_usd, settled_at)
    select gen_random_uuid(), 'actual', given.status, v_envelope.service_name, v_envelope.work_order_id, v_envelope.run_id,
      p_reservation_id, given.nano_usd, given.nano_usd, clock_timestamp()
    from (values ('settled', p_actual_nano_usd), ('presumed', p_presumed_nano_usd)) as given (status, nano_usd)
    where given.nano_usd > 0;
  v_overrun := case when v_given = 0 then 0 else greatest(0, v_given - greatest(0, v_envelope.reserved_nano_usd
    - v_envelope.drawn_open_nano_usd - v_envelope.drawn_spent_nano_usd - v_envelope.drawn_presumed_nano_usd)) end;
  update cost_tracking e set
      drawn_open_nano_usd = 0,
      drawn_spent_nano_usd = e.drawn_spent_nano_usd + p_actual_nano_usd,
      drawn_presumed_nano_usd = e.drawn_presumed_nano_usd + v_open + p_presumed_nano_usd,
      actual_nano_usd = e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd + v_open + v_given,
      status = case when e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd + v_open + v_given = 0
        then 'cancelled' else 'settled' end,
      settled_at = clock_timestamp()
    where e.id = p_reservation_id returning * into v_after;
  perform move_in_windows(v_after.window_keys, -held_by_envelope(v_envelope), p_actual_nano_usd,
    v_open + p_presumed_nano_usd, v_overrun);
  perform count_calls(v_after.work_order_id, v_open + v_given, v_calls, 0, 0);
  if v_overrun > 0 then
    perform alert_overrun(p_reservation_id, v_overrun, v_after.window_keys);
  end if;
  return true;
end $$;
