-- How envelopes end, and calls that nobody ends any more (R-BUD-2).

-- Closes an envelope, once: its calls that are on their way are presumed spent, what nobody drew is free. What was spent or
-- must be presumed without a call of its own is given along, and becomes one. More than was held is booked all the
-- same, freezes the windows and raises an alert: it means that a bound is wrong.
drop function settle_reservation(uuid, bigint, bigint);
create function settle_reservation(p_reservation_id uuid, p_actual_nano_usd bigint default 0, p_presumed_nano_usd bigint default 0)
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

-- Presumes the calls of gateways that are gone: not heard of for p_silence, in two looks p_between apart. After the
-- database was away every heartbeat is late; the living ones are heard of before the second look.
create function reap_calls(p_silence interval, p_between interval)
returns table (call_id uuid, gateway_id uuid, work_order_id uuid, nano_usd bigint) language plpgsql as $$
declare
  v_calls uuid[];
begin
  update gateways g set suspected_at = null
    where g.suspected_at is not null and g.heartbeat_at > g.suspected_at;
  update gateways g set suspected_at = clock_timestamp()
    where g.suspected_at is null and g.ended_at is null and g.heartbeat_at < clock_timestamp() - p_silence;
  select array_agg(c.id) into v_calls from cost_tracking c left join gateways g on g.id = c.gateway_id
    where c.type = 'actual' and c.status = 'sent' and c.gateway_id is not null
      and (g.ended_at is not null or g.suspected_at <= clock_timestamp() - p_between
        or (g.id is null and c.created_at < clock_timestamp() - p_silence - p_between));
  if v_calls is null then
    return;
  end if;
  -- Many work orders at once: all of them are locked before the first window is.
  perform from work_orders w where w.id in (select c.work_order_id from cost_tracking c where c.id = any (v_calls))
    order by w.id for no key update;
  perform from cost_tracking e where e.id in (select c.reservation_id from cost_tracking c where c.id = any (v_calls))
    order by e.id for no key update;
  perform from cost_tracking c where c.id = any (v_calls) order by c.id for no key update;
  return query
    select c.id, c.gateway_id, c.work_order_id, c.reserved_nano_usd
    from cost_tracking c, lateral (select end_call(c.id, 'presumed', null, '{}', '{"failure": "cut_stream"}') as is_ended) e
    where c.id = any (v_calls) and c.status = 'sent' and e.is_ended;
end $$;
