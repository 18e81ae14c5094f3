-- What a call does to its envelope and its windows, each in one round trip, and the same when repeated (R-BUD-2).

-- What an envelope keeps set aside in its windows: all that is neither spent nor presumed, and whatever is on its way.
create function held_by_envelope(envelope cost_tracking) returns bigint language sql immutable as $$
  select case when envelope.status <> 'held' then 0 else greatest(envelope.drawn_open_nano_usd,
    envelope.reserved_nano_usd - envelope.drawn_spent_nano_usd - envelope.drawn_presumed_nano_usd) end
$$;

-- A counter never goes below 0: the record of a call must not be lost by one that is wrong. The proof finds it.
create function move_in_windows(p_keys text[], p_held bigint, p_spent bigint, p_presumed bigint, p_overrun bigint)
returns void language plpgsql as $$
begin
  if p_held = 0 and p_spent = 0 and p_presumed = 0 and p_overrun = 0 then
    return;
  end if;
  perform lock_windows();
  update budget_windows w set
      held_nano_usd = greatest(0, w.held_nano_usd + p_held),
      spent_nano_usd = greatest(0, w.spent_nano_usd + p_spent),
      presumed_nano_usd = greatest(0, w.presumed_nano_usd + p_presumed),
      overrun_nano_usd = w.overrun_nano_usd + p_overrun,
      is_frozen = w.is_frozen or p_overrun > 0
    where w.key = any (p_keys);
end $$;

create function alert_overrun(p_id uuid, p_overrun bigint, p_keys text[]) returns void language sql as $$
  insert into system_alerts as a (id, key, severity, component, operation, code, message, metadata)
    values (gen_random_uuid(), 'budget.overrun', 'critical', 'budget', 'settle', 'BUDGET_OVERRUN',
      'A settlement is above its hold: the windows are frozen',
      jsonb_build_object('id', p_id, 'overrun_nano_usd', p_overrun, 'windows', p_keys))
    on conflict (key) where resolved_at is null and key is not null do update set
      times = a.times + 1, last_seen_at = clock_timestamp(), metadata = excluded.metadata
$$;

-- Adds to what an envelope's calls have drawn, and moves its windows with it.
create function change_envelope(
  p_id uuid, p_open bigint, p_spent bigint, p_presumed bigint, p_overrun bigint, p_call_id uuid)
returns void language plpgsql as $$
declare
  v_before cost_tracking;
  v_after cost_tracking;
begin
  select * into v_before from cost_tracking where id = p_id for no key update;
  update cost_tracking e set
      drawn_open_nano_usd = greatest(0, e.drawn_open_nano_usd + p_open),
      drawn_spent_nano_usd = e.drawn_spent_nano_usd + p_spent,
      drawn_presumed_nano_usd = greatest(0, e.drawn_presumed_nano_usd + p_presumed),
      actual_nano_usd = e.actual_nano_usd + p_spent + p_presumed
    where e.id = p_id returning * into v_after;
  perform move_in_windows(v_after.window_keys, held_by_envelope(v_after) - held_by_envelope(v_before),
    p_spent, p_presumed, p_overrun);
  if p_overrun > 0 then
    perform alert_overrun(p_call_id, p_overrun, v_after.window_keys);
  end if;
end $$;

-- Takes a call's worst case out of its envelope: 'drawn', 'no_room', 'frozen', or 'closed'. The predicate decides.
create function take_from_envelope(p_envelope_id uuid, p_nano_usd bigint) returns text language plpgsql as $$
declare
  v_envelope cost_tracking;
begin
  if p_nano_usd is null or p_nano_usd < 0 then
    raise exception 'A call draws 0 or more, not %', coalesce(p_nano_usd::text, 'nothing') using errcode = 'MS010';
  end if;
  update cost_tracking e set drawn_open_nano_usd = e.drawn_open_nano_usd + p_nano_usd
    where e.id = p_envelope_id and e.type = 'reservation' and e.status = 'held'
      and e.reserved_nano_usd - e.drawn_open_nano_usd - e.drawn_spent_nano_usd - e.drawn_presumed_nano_usd >= p_nano_usd
      and not exists (select from budget_windows w where w.key = any (e.window_keys) and w.is_frozen);
  if found then
    return 'drawn';
  end if;
  select * into v_envelope from cost_tracking where id = p_envelope_id and type = 'reservation' and status = 'held';
  if not found then
    return 'closed';
  end if;
  if exists (select from budget_windows w where w.key = any (v_envelope.window_keys) and w.is_frozen) then
    return 'frozen';
  end if;
  return 'no_room';
end $$;

-- A call that a gateway carries, by the key that its client came with.
create function draw_call(
  p_call_id uuid, p_key_id uuid, p_key_hash bytea, p_gateway_id uuid, p_provider text, p_model text, p_wire text,
  p_is_stream boolean, p_nano_usd bigint, p_input_tokens_max bigint, p_output_tokens_max bigint, p_price_version text)
returns table (kind text, left_nano_usd bigint, open_nano_usd bigint, reason text) language plpgsql as $$
declare
  v_key record;
  v_call cost_tracking;
  v_envelope cost_tracking;
  v_answer text;
begin
  select k.*, coalesce(k.reservation_id, r.reservation_id) as envelope_id into v_key
    from gateway_keys k left join runs r on r.id = k.run_id where k.id = p_key_id and k.key_hash = p_key_hash;
  if v_key.id is null then
    return query select 'key_invalid', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  -- By its id alone, here and below: whatever the statistics of a young table say, that is one row of one index.
  select * into v_call from cost_tracking where id = p_call_id;
  if found and v_call.key_id = p_key_id and v_call.status in ('sent', 'presumed') then
    return query select 'drawn', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  if v_key.stopped_reason is not null then
    return query select 'stopped', 0::bigint, 0::bigint, v_key.stopped_reason;
    return;
  end if;
  if v_key.revoked_at is not null or v_key.expires_at <= clock_timestamp() or v_key.envelope_id is null then
    return query select 'key_invalid', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  v_answer := take_from_envelope(v_key.envelope_id, p_nano_usd);
  if v_answer <> 'drawn' then
    select * into v_envelope from cost_tracking where id = v_key.envelope_id;
    return query select case v_answer when 'closed' then 'key_invalid' else v_answer end,
      greatest(0, v_envelope.reserved_nano_usd - v_envelope.drawn_open_nano_usd - v_envelope.drawn_spent_nano_usd
        - v_envelope.drawn_presumed_nano_usd), v_envelope.drawn_open_nano_usd, null::text;
    return;
  end if;
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd,
      model, session_id, key_id, gateway_id, provider, wire, is_stream, input_tokens_max, output_tokens_max, price_version)
    values (p_call_id, 'actual', 'sent', v_key.service_name, v_key.work_order_id, v_key.run_id, v_key.envelope_id, p_nano_usd,
      p_model, v_key.session_id, v_key.id, p_gateway_id, p_provider, p_wire, p_is_stream, p_input_tokens_max,
      p_output_tokens_max, p_price_version)
    on conflict (id) do nothing;
  if not found then
    -- The same call, drawn at the same moment.
    perform change_envelope(v_key.envelope_id, -p_nano_usd, 0, 0, 0, p_call_id);
  end if;
  return query select 'drawn', 0::bigint, 0::bigint, null::text;
end $$;

-- Less is needed than was thought; more than it has is never given. False where nothing changed.
create function shrink_call(p_call_id uuid, p_nano_usd bigint) returns boolean language plpgsql as $$
declare
  v_call cost_tracking;
begin
  select * into v_call from cost_tracking where id = p_call_id;
  if not found or v_call.type <> 'actual' or v_call.status <> 'sent' or p_nano_usd is null or p_nano_usd < 0 then
    return false;
  end if;
  perform from work_orders where id = v_call.work_order_id for no key update;
  perform from cost_tracking where id = v_call.reservation_id for no key update;
  select * into v_call from cost_tracking where id = p_call_id for no key update;
  if v_call.status <> 'sent' or p_nano_usd >= v_call.reserved_nano_usd then
    return false;
  end if;
  update cost_tracking set reserved_nano_usd = p_nano_usd where id = p_call_id;
  perform change_envelope(v_call.reservation_id, p_nano_usd - v_call.reserved_nano_usd, 0, 0, 0, p_call_id);
  return true;
end $$;

-- Ends a call: as settled with what it cost, as presumed with all that it holds, or as cancelled with nothing. One that is
-- presumed can still be settled or cancelled: that is evidence, also after its envelope has closed. False where it has
-- ended so before.
create function end_call(
  p_call_id uuid, p_status text, p_nano_usd bigint, p_usage jsonb default '{}', p_end jsonb default '{}')
returns boolean language plpgsql as $$
declare
  v_call cost_tracking;
  v_hold bigint;
  v_actual bigint;
  v_was_presumed boolean;
  v_input bigint := coalesce((p_usage ->> 'inputTokens')::bigint, 0);
  v_cache_read bigint := coalesce((p_usage ->> 'cacheReadTokens')::bigint, 0);
  v_cache_write bigint := coalesce((p_usage ->> 'cacheWriteTokens')::bigint, 0);
  v_cache_write_1h bigint := coalesce((p_usage ->> 'cacheWrite1hTokens')::bigint, 0);
  v_output bigint := coalesce((p_usage ->> 'outputTokens')::bigint, 0);
begin
  if p_status = 'settled' and (p_nano_usd is null or p_nano_usd < 0) then
    raise exception 'A call costs 0 or more, not %', coalesce(p_nano_usd::text, 'nothing') using errcode = 'MS010';
  end if;
  select * into v_call from cost_tracking where id = p_call_id;
  if not found or v_call.type <> 'actual' or v_call.status not in ('sent', 'presumed') then
    return false;
  end if;
  perform from work_orders where id = v_call.work_order_id for no key update;
  perform from cost_tracking where id = v_call.reservation_id for no key update;
  select * into v_call from cost_tracking where id = p_call_id for no key update;
  if v_call.status not in ('sent', 'presumed') or v_call.status = p_status then
    return false;
  end if;
  v_was_presumed := v_call.status = 'presumed';
  v_hold := case when v_was_presumed then v_call.actual_nano_usd else v_call.reserved_nano_usd end;
  v_actual := case p_status when 'settled' then p_nano_usd when 'presumed' then v_hold else 0 end;
  update cost_tracking set
      status = p_status, actual_nano_usd = v_actual, settled_at = clock_timestamp(),
      input_tokens = v_input, cache_read_tokens = v_cache_read, cache_write_tokens = v_cache_write,
      cache_write_hour_tokens = v_cache_write_1h, output_tokens = v_output,
      http_status = (p_end ->> 'httpStatus')::integer, failure = p_end ->> 'failure',
      retry_after_ms = (p_end ->> 'retryAfterMs')::integer, first_byte_ms = (p_end ->> 'firstByteMs')::integer,
      duration_ms = (p_end ->> 'durationMs')::integer
    where id = p_call_id;
  if v_call.reservation_id is not null then
    perform change_envelope(v_call.reservation_id,
      case when v_was_presumed then 0 else -v_hold end,
      case when p_status = 'settled' then v_actual else 0 end,
      case when p_status = 'presumed' then v_hold else 0 end - case when v_was_presumed then v_hold else 0 end,
      case when p_status = 'settled' then greatest(0, v_actual - v_hold) else 0 end, p_call_id);
  end if;
  perform count_calls(v_call.work_order_id, v_actual - case when v_was_presumed then v_hold else 0 end,
    case when v_was_presumed or p_status = 'cancelled' then 0 else 1 end,
    v_input + v_cache_read + v_cache_write + v_cache_write_1h, v_output);
  return true;
end $$;

create function settle_call(p_call_id uuid, p_nano_usd bigint, p_usage jsonb, p_end jsonb)
returns boolean language sql as $$ select end_call(p_call_id, 'settled', p_nano_usd, p_usage, p_end) $$;
create function presume_call(p_call_id uuid, p_usage jsonb, p_end jsonb)
returns boolean language sql as $$ select end_call(p_call_id, 'presumed', null, p_usage, p_end) $$;
create function void_call(p_call_id uuid, p_end jsonb)
returns boolean language sql as $$ select end_call(p_call_id, 'cancelled', null, '{}', p_end) $$;

-- A call that was refused before it was drawn: a record without money, for the run that it was made for.
create function record_refused_call(
  p_call_id uuid, p_key_id uuid, p_key_hash bytea, p_gateway_id uuid, p_provider text, p_model text, p_wire text,
  p_is_stream boolean, p_input_tokens_max bigint, p_output_tokens_max bigint, p_end jsonb)
returns boolean language plpgsql as $$
begin
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd, actual_nano_usd,
      model, session_id, key_id, gateway_id, provider, wire, is_stream, input_tokens_max, output_tokens_max,
      http_status, failure, retry_after_ms, first_byte_ms, duration_ms, settled_at)
    select p_call_id, 'actual', 'cancelled', k.service_name, k.work_order_id, k.run_id, 0, 0,
      p_model, k.session_id, k.id, p_gateway_id, p_provider, p_wire, p_is_stream, p_input_tokens_max, p_output_tokens_max,
      (p_end ->> 'httpStatus')::integer, p_end ->> 'failure', (p_end ->> 'retryAfterMs')::integer,
      (p_end ->> 'firstByteMs')::integer, (p_end ->> 'durationMs')::integer, clock_timestamp()
    from gateway_keys k where k.id = p_key_id and k.key_hash = p_key_hash
    on conflict (id) do nothing;
  return found;
end $$;
