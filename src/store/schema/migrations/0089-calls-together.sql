-- Many calls are drawn in one transaction, and many are booked in one. A row that another transaction has locked is not
-- waited for: its call is `busy`, and is written alone. So no call waits for the rows of another one, and no two
-- transactions wait for each other's rows. The answers have the order of the calls.

create function draw_calls(p_call_ids uuid[], p_key_ids uuid[], p_key_hashes bytea[], p_gateway_ids uuid[],
    p_providers text[], p_models text[], p_wires text[], p_are_streams boolean[], p_nano_usd bigint[],
    p_input_tokens_max bigint[], p_output_tokens_max bigint[], p_price_versions text[])
  returns table (kind text, left_nano_usd bigint, open_nano_usd bigint, reason text)
  language plpgsql as $$
declare
  v_key record;
begin
  for n in 1 .. cardinality(p_call_ids) loop
    select k.run_id, coalesce(k.reservation_id, r.reservation_id) as envelope_id into v_key
      from gateway_keys k left join runs r on r.id = k.run_id where k.id = p_key_ids[n];
    if lock_call_rows(null, v_key.envelope_id, v_key.run_id, null) then
      return query select d.kind, d.left_nano_usd, d.open_nano_usd, d.reason
        from draw_call(p_call_ids[n], p_key_ids[n], p_key_hashes[n], p_gateway_ids[n], p_providers[n], p_models[n],
          p_wires[n], p_are_streams[n], p_nano_usd[n], p_input_tokens_max[n], p_output_tokens_max[n],
          p_price_versions[n]) d;
    else
      return query select 'busy', 0::bigint, 0::bigint, null::text;
    end if;
  end loop;
end $$;

-- Ends a call, or reduces its reservation. False if nothing changed: it was ended before, or is unknown.
create function book_call(p_call_id uuid, p_kind text, p_nano_usd bigint, p_usage jsonb, p_end jsonb) returns boolean
  language plpgsql as $$
begin
  return case p_kind
    when 'shrink' then shrink_call(p_call_id, p_nano_usd)
    when 'settle' then settle_call(p_call_id, p_nano_usd, p_usage, p_end)
    when 'presume' then presume_call(p_call_id, p_usage, p_end)
    when 'void' then void_call(p_call_id, p_end)
  end;
end $$;

create function book_calls(p_call_ids uuid[], p_kinds text[], p_nano_usd bigint[], p_usages jsonb[], p_ends jsonb[])
  returns table (answer text) language plpgsql as $$
declare
  v_call record;
begin
  for n in 1 .. cardinality(p_call_ids) loop
    select c.id, c.work_order_id, c.reservation_id into v_call from cost_tracking c where c.id = p_call_ids[n];
    if lock_call_rows(v_call.work_order_id, v_call.reservation_id, null, v_call.id) then
      return query select case when book_call(p_call_ids[n], p_kinds[n], p_nano_usd[n], p_usages[n], p_ends[n])
        then 'done' else 'unchanged' end;
    else
      return query select 'busy';
    end if;
  end loop;
end $$;

-- Locks rows in the order of all other writers. False if another transaction has locked one. Null: there is no such row.
create function lock_call_rows(p_work_order_id uuid, p_envelope_id uuid, p_run_id uuid, p_call_id uuid)
  returns boolean language plpgsql as $$
begin
  if p_work_order_id is not null then
    perform from work_orders where id = p_work_order_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  if p_envelope_id is not null then
    perform from cost_tracking where id = p_envelope_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  if p_run_id is not null then
    perform from runs where id = p_run_id for key share skip locked;
    if not found then
      return false;
    end if;
  end if;
  if p_call_id is not null then
    perform from cost_tracking where id = p_call_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  return true;
end $$;
