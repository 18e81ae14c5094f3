-- Presumes the calls of gateways that are gone: not heard of for p_silence, in two looks p_between apart. After the
-- database was away every heartbeat is late; the living ones are heard of before the second look.
create or replace function reap_calls(p_silence interval, p_between interval)
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
