-- Writes calls whose holds were taken out of leases, and settles those that have a cost, which is at most their hold. What a
-- call holds, its lease holds no longer. Where the lease was presumed in the meantime, its calls are. A call that exists
-- already stays as it is. Answers in the order of the calls: 'done', 'written' (the cost, if any, is to be booked apart), or
-- 'locked' (somebody else has a row of it: nothing is written). Leases of which these are the last calls are given back.
create or replace function write_leased_calls(p_lease_ids uuid[], p_call_ids uuid[], p_key_ids uuid[], p_wires text[], p_are_streams boolean[],
  p_nano_usd bigint[], p_input_tokens_max bigint[], p_output_tokens_max bigint[], p_price_versions text[], p_costs bigint[],
  p_usages jsonb[], p_ends jsonb[], p_last_of uuid[]) returns table (answer text) language plpgsql as $$
declare
  v_orders uuid[];
  v_envelopes uuid[];
  v_leases uuid[];
  v_added uuid[];
  v_keys text[];
  v_held bigint[];
  v_spent bigint[];
  v_lease_id uuid;
begin
  -- In the order of all bookings. An envelope that is closed presumes what it sees open, so no call may come meanwhile.
  v_orders := array(select id from work_orders where id in (select work_order_id from cost_tracking where id = any (p_lease_ids))
    order by id for no key update skip locked);
  v_envelopes := array(select id from cost_tracking
    where id in (select reservation_id from cost_tracking where id = any (p_lease_ids)) order by id for no key update skip locked);
  v_leases := array(select id from cost_tracking where id = any (p_lease_ids) and reservation_id = any (v_envelopes)
    and (work_order_id is null or work_order_id = any (v_orders)) order by id for no key update skip locked);
  if exists (select from unnest(p_lease_ids, p_call_ids) n (lease_id, id)
      where not exists (select from cost_tracking c
          where c.id = n.lease_id and (c.status in ('sent', 'presumed') or c.id <> all (v_leases)))
        -- A statement whose answer was lost may have written it.
        and not exists (select from cost_tracking c where c.id = n.id)) then
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
  -- What the calls cost, and what their leases hold no longer, in sums: of each envelope, work order, and window.
  with settled as (
    select * from cost_tracking where id = any (v_added) and status = 'settled'
  ), given_back as (
    delete from cost_tracking l where l.id = any (p_last_of) and l.id = any (v_leases) and l.status = 'sent'
      returning l.reservation_id, l.reserved_nano_usd
  ), counted as (
    update work_orders w set cost_nano_usd = w.cost_nano_usd + c.costs, model_calls = w.model_calls + c.calls,
        input_tokens = w.input_tokens + c.input_tokens, output_tokens = w.output_tokens + c.output_tokens
      from (select work_order_id, sum(actual_nano_usd)::bigint as costs, count(*)::integer as calls,
          sum(output_tokens)::bigint as output_tokens,
          sum(input_tokens + cache_read_tokens + cache_write_tokens + cache_write_hour_tokens)::bigint as input_tokens
        from settled group by work_order_id) c
      where w.id = c.work_order_id
  ), envelopes as (
    update cost_tracking e set
        drawn_open_nano_usd = greatest(0, e.drawn_open_nano_usd - m.closed),
        drawn_spent_nano_usd = e.drawn_spent_nano_usd + m.spent,
        actual_nano_usd = e.actual_nano_usd + m.spent
      from (select reservation_id, sum(closed)::bigint as closed, sum(spent)::bigint as spent
          from (select reservation_id, reserved_nano_usd, actual_nano_usd from settled
            union all select reservation_id, reserved_nano_usd, 0 from given_back) one (reservation_id, closed, spent)
          group by reservation_id) m
        join cost_tracking b on b.id = m.reservation_id
      where e.id = m.reservation_id
      returning e.window_keys, held_by_envelope(e) - held_by_envelope(b) as held, m.spent
  )
  select array_agg(w.key), array_agg(w.held), array_agg(w.spent) into v_keys, v_held, v_spent
    from (select key, sum(held)::bigint as held, sum(spent)::bigint as spent from envelopes, unnest(window_keys) key
      group by key) w
    where w.held <> 0 or w.spent <> 0;
  if v_keys is not null then
    perform lock_windows();
    update budget_windows w set
        held_nano_usd = greatest(0, w.held_nano_usd + m.held), spent_nano_usd = greatest(0, w.spent_nano_usd + m.spent)
      from unnest(v_keys, v_held, v_spent) m (key, held, spent) where w.key = m.key;
  end if;
  -- Those that were presumed in the meantime.
  for v_lease_id in select id from cost_tracking where id = any (p_last_of) and id = any (v_leases) order by id loop
    perform end_lease(v_lease_id);
  end loop;
  return query select case
      when n.id = any (v_added) and n.cost is not null and c.status = 'settled' then 'done'
      when c.id is not null then 'written'
      else 'locked' end
    from unnest(p_call_ids, p_costs) with ordinality n (id, cost, place) left join cost_tracking c on c.id = n.id
    order by n.place;
end $$;
