-- A lease is for all keys of agents that draw from one envelope, not for one key: it names those that may use it, so what one
-- of them may do is known for as long as the lease is.
alter table cost_tracking add column is_lease boolean not null default false;

drop function draw_lease(uuid, uuid, bytea, uuid, text, text, text, bigint, bigint);
drop function write_leased_calls(uuid[], uuid[], text[], boolean[], bigint[], bigint[], bigint[], text[], bigint[], jsonb[], jsonb[]);

-- Draws a lease from the envelope of a key, but only where enough is left for others; it never makes an envelope grow. Returns
-- the keys that may use it, or nothing: then there is no lease. Moose's own keys may not: their run ends with their last call.
create function draw_lease(p_lease_id uuid, p_key_id uuid, p_gateway_id uuid, p_provider text, p_model text, p_wire text,
  p_nano_usd bigint, p_left_least bigint, p_keys_max integer) returns table (key_id uuid, key_hash text, envelope_id uuid)
  language plpgsql as $$
declare
  v_key record;
  v_left bigint;
begin
  select k.*, coalesce(k.reservation_id, r.reservation_id) as envelope into v_key
    from gateway_keys k left join runs r on r.id = k.run_id where k.id = p_key_id;
  -- A statement whose answer was lost may have drawn it.
  if not exists (select from cost_tracking c where c.id = p_lease_id and c.status = 'sent' and c.reservation_id = v_key.envelope) then
    select e.reserved_nano_usd - e.drawn_open_nano_usd - e.drawn_spent_nano_usd - e.drawn_presumed_nano_usd into v_left
      from cost_tracking e where e.id = v_key.envelope and e.type = 'reservation' and e.status = 'held';
    if v_left is null or v_left - p_nano_usd < p_left_least or v_key.service_name <> 'agent' or model_is_stopped(p_model)
        or v_key.revoked_at is not null or v_key.stopped_reason is not null or v_key.expires_at <= clock_timestamp()
        or take_from_envelope(v_key.envelope, p_nano_usd) <> 'drawn' then
      return;
    end if;
    insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd, model,
        gateway_id, provider, wire, is_lease)
      values (p_lease_id, 'actual', 'sent', v_key.service_name, v_key.work_order_id, v_key.run_id, v_key.envelope, p_nano_usd,
        p_model, p_gateway_id, p_provider, p_wire, true)
      on conflict (id) do nothing;
    if not found then
      perform change_envelope(v_key.envelope, -p_nano_usd, 0, 0, 0, p_lease_id);
      return;
    end if;
  end if;
  return query select k.id, encode(k.key_hash, 'hex'), v_key.envelope from gateway_keys k
    where k.service_name = 'agent' and k.stopped_reason is null and k.revoked_at is null and k.expires_at > clock_timestamp()
      -- Money that is set aside for a key alone is for no other one.
      and (k.id = p_key_id or v_key.reservation_id is null and k.reservation_id is null and k.run_id = v_key.run_id)
    order by k.id = p_key_id desc, k.id desc limit p_keys_max;
  -- All of them have ended since it was drawn.
  if not found then
    perform end_lease(p_lease_id);
  end if;
end $$;

-- Writes calls whose holds were taken out of leases, and settles those that have a cost, which is at most their hold. What a
-- call holds, its lease holds no longer. Where the lease was presumed in the meantime, its calls are. A call that exists
-- already stays as it is. Answers in the order of the calls: 'done', 'written' (the cost, if any, is to be booked apart), or
-- 'locked' (somebody else has a row of it: nothing is written).
create function write_leased_calls(p_lease_ids uuid[], p_call_ids uuid[], p_key_ids uuid[], p_wires text[], p_are_streams boolean[],
  p_nano_usd bigint[], p_input_tokens_max bigint[], p_output_tokens_max bigint[], p_price_versions text[], p_costs bigint[],
  p_usages jsonb[], p_ends jsonb[]) returns table (answer text) language plpgsql as $$
declare
  v_orders uuid[];
  v_envelopes uuid[];
  v_leases uuid[];
  v_added uuid[];
  v_sum record;
begin
  -- In the order of all bookings. An envelope that is closed presumes what it sees open, so no call may come meanwhile.
  v_orders := array(select id from work_orders where id in (select work_order_id from cost_tracking where id = any (p_lease_ids))
    order by id for no key update skip locked);
  v_envelopes := array(select id from cost_tracking
    where id in (select reservation_id from cost_tracking where id = any (p_lease_ids)) order by id for no key update skip locked);
  v_leases := array(select id from cost_tracking where id = any (p_lease_ids) and reservation_id = any (v_envelopes)
    and (work_order_id is null or work_order_id = any (v_orders)) order by id for no key update skip locked);
  if exists (select from unnest(p_lease_ids) l (id) where not exists (select from cost_tracking c
      where c.id = l.id and (c.status in ('sent', 'presumed') or c.id <> all (v_leases)))) then
    raise exception 'A lease that was given back has no more calls' using errcode = 'MS010';
  end if;
  with added as (
    insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd,
        actual_nano_usd, settled_at, model, session_id, key_id, gateway_id, provider, wire, is_stream, input_tokens_max,
        output_tokens_max, price_version, input_tokens, cache_read_tokens, cache_write_tokens, cache_write_hour_tokens,
        output_tokens, http_status, failure, retry_after_ms, first_byte_ms, duration_ms, priced_by)
      select c.id, 'actual', case when l.status = 'sent' and c.cost is not null then 'settled' else l.status end,
        l.service_name, l.work_order_id, l.run_id, l.reservation_id, c.nano_usd,
        case when l.status = 'presumed' then c.nano_usd else c.cost end,
        case when l.status = 'presumed' or c.cost is not null then clock_timestamp() end, l.model, k.session_id, c.key_id,
        l.gateway_id, l.provider, c.wire, c.is_stream, c.input_tokens_max, c.output_tokens_max,
        coalesce(c.ended ->> 'priceVersion', c.price_version), coalesce((c.used ->> 'inputTokens')::bigint, 0),
        coalesce((c.used ->> 'cacheReadTokens')::bigint, 0), coalesce((c.used ->> 'cacheWriteTokens')::bigint, 0),
        coalesce((c.used ->> 'cacheWrite1hTokens')::bigint, 0), coalesce((c.used ->> 'outputTokens')::bigint, 0),
        (c.ended ->> 'httpStatus')::integer, c.ended ->> 'failure', (c.ended ->> 'retryAfterMs')::integer,
        (c.ended ->> 'firstByteMs')::integer, (c.ended ->> 'durationMs')::integer, c.ended ->> 'pricedBy'
      from (select d.*, case when d.cost is not null then d.usage end as used, case when d.cost is not null then d.end_ end as ended
          from unnest(p_lease_ids, p_call_ids, p_key_ids, p_wires, p_are_streams, p_nano_usd, p_input_tokens_max, p_output_tokens_max,
            p_price_versions, p_costs, p_usages, p_ends) d (lease_id, id, key_id, wire, is_stream, nano_usd, input_tokens_max,
            output_tokens_max, price_version, cost, usage, end_)) c
        join cost_tracking l on l.id = c.lease_id and l.id = any (v_leases)
        left join gateway_keys k on k.id = c.key_id
      on conflict (id) do nothing returning id)
  select coalesce(array_agg(id), '{}') into v_added from added;
  update cost_tracking l set
      reserved_nano_usd = l.reserved_nano_usd - case l.status when 'sent' then t.nano_usd else 0 end,
      actual_nano_usd = l.actual_nano_usd - case l.status when 'presumed' then t.nano_usd else 0 end
    from (select c.lease_id, sum(c.nano_usd)::bigint as nano_usd
      from unnest(p_lease_ids, p_call_ids, p_nano_usd) c (lease_id, id, nano_usd) where c.id = any (v_added) group by c.lease_id) t
    where l.id = t.lease_id;
  for v_sum in
    select c.reservation_id, c.work_order_id, sum(c.reserved_nano_usd)::bigint as holds, sum(c.actual_nano_usd)::bigint as costs,
        count(*)::integer as calls, sum(c.output_tokens)::bigint as output_tokens,
        sum(c.input_tokens + c.cache_read_tokens + c.cache_write_tokens + c.cache_write_hour_tokens)::bigint as input_tokens
      from cost_tracking c where c.id = any (v_added) and c.status = 'settled'
      group by c.reservation_id, c.work_order_id order by c.reservation_id, c.work_order_id
  loop
    perform change_envelope(v_sum.reservation_id, -v_sum.holds, v_sum.costs, 0, 0, null);
    perform count_calls(v_sum.work_order_id, v_sum.costs, v_sum.calls, v_sum.input_tokens, v_sum.output_tokens);
  end loop;
  return query select case when n.lease_id <> all (v_leases) then 'locked'
      when n.id = any (v_added) and n.cost is not null and l.status = 'sent' then 'done' else 'written' end
    from unnest(p_lease_ids, p_call_ids, p_costs) with ordinality n (lease_id, id, cost, place)
      left join cost_tracking l on l.id = n.lease_id order by n.place;
end $$;
