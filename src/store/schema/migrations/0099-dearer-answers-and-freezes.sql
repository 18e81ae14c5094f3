-- A dearer model may answer than the one that was asked for. Its call names the model whose price was booked, and what is
-- reserved for the next calls covers both.

create table dearer_answers (
  model text not null,
  answered text not null,
  call_id uuid not null,
  first_seen_at timestamptz not null default clock_timestamp(),
  primary key (model, answered)
);

alter table cost_tracking add column priced_by text;

create or replace function end_call(
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
      duration_ms = (p_end ->> 'durationMs')::integer, priced_by = p_end ->> 'pricedBy',
      price_version = coalesce(p_end ->> 'priceVersion', price_version)
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

-- A bound that was wrong stays wrong when a month begins. Each envelope is in the window of a month, so that the freeze of
-- any month is that of all spending, until a person lifts it.
-- People have worked on since the freezes of earlier months.
update budget_windows set is_frozen = false
  where is_frozen and key like 'month:%' and key < 'month:' || to_char(now() - interval '1 day', 'YYYY-MM');

create index budget_windows_frozen on budget_windows (key) where is_frozen;

create function spending_is_frozen() returns boolean language sql stable as $$
  select exists (select from budget_windows where is_frozen and key like 'month:%')
$$;

create or replace function take_from_envelope(p_envelope_id uuid, p_nano_usd bigint) returns text language plpgsql as $$
declare
  v_envelope cost_tracking;
begin
  if p_nano_usd is null or p_nano_usd < 0 then
    raise exception 'A call draws 0 or more, not %', coalesce(p_nano_usd::text, 'nothing') using errcode = 'MS010';
  end if;
  for attempt in 1 .. 2 loop
    update cost_tracking e set drawn_open_nano_usd = e.drawn_open_nano_usd + p_nano_usd
      where e.id = p_envelope_id and e.type = 'reservation' and e.status = 'held'
        and e.reserved_nano_usd - e.drawn_open_nano_usd - e.drawn_spent_nano_usd - e.drawn_presumed_nano_usd >= p_nano_usd
        and not exists (select from budget_windows w
          where w.is_frozen and (w.key = any (e.window_keys) or w.key like 'month:%'));
    if found then
      return 'drawn';
    end if;
    select * into v_envelope from cost_tracking where id = p_envelope_id and type = 'reservation' and status = 'held';
    if not found then
      return 'closed';
    end if;
    if exists (select from budget_windows w
        where w.is_frozen and (w.key = any (v_envelope.window_keys) or w.key like 'month:%')) then
      return 'frozen';
    end if;
    exit when attempt = 2 or not grow_envelope(p_envelope_id, p_nano_usd);
  end loop;
  return 'no_room';
end $$;

create or replace function reserve_in_windows(p_nano_usd bigint, p_service_name text, p_metadata jsonb, p_at timestamptz,
  out total_nano_usd bigint, out reservation_id uuid) language plpgsql as $$
declare
  v_id uuid := gen_random_uuid();
  v_keys text[];
  v_limits bigint[];
  v_there integer;
  v_used bigint;
begin
  select array_agg(l.key order by l.key), array_agg(l.limit_nano_usd order by l.key), count(w.key),
      (array_agg(coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0) order by l.key) filter (where
        w.is_frozen or spending_is_frozen() or p_nano_usd > l.limit_nano_usd
          - coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0)))[1]
    into v_keys, v_limits, v_there, v_used
    from budget_windows_of(p_metadata, coalesce(p_service_name, ''), p_at) l left join budget_windows w on w.key = l.key;
  if 0 > any (v_limits) then
    raise exception 'A limit must be 0 dollars or more' using errcode = 'check_violation';
  end if;
  -- What does not fit at this moment is refused without a lock.
  if v_used is not null then
    total_nano_usd := v_used;
    return;
  end if;
  -- The first in a window makes its row.
  if v_there < cardinality(v_keys) then
    insert into budget_windows (key, limit_nano_usd)
      select wanted.key, wanted.limit_nano_usd from unnest(v_keys, v_limits) as wanted (key, limit_nano_usd)
      order by wanted.key on conflict do nothing;
  end if;
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd, window_keys, metadata,
      created_at)
    values (v_id, 'reservation', 'held', p_service_name, (p_metadata ->> 'work_order_id')::uuid,
      (p_metadata ->> 'run_id')::uuid, p_nano_usd, v_keys, p_metadata, p_at);
  perform lock_windows();
  for i in 1 .. cardinality(v_keys) loop
    -- A limit that was changed in the settings holds from the next reservation on.
    update budget_windows w set held_nano_usd = w.held_nano_usd + p_nano_usd, limit_nano_usd = v_limits[i]
      where w.key = v_keys[i] and not w.is_frozen and not spending_is_frozen()
        and v_limits[i] - w.held_nano_usd - w.spent_nano_usd - w.presumed_nano_usd >= p_nano_usd
      returning w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd into v_used;
    if not found then
      -- Somebody was quicker. Nobody has seen what is taken back here.
      update budget_windows w set held_nano_usd = w.held_nano_usd - p_nano_usd where w.key = any (v_keys[1 : i - 1]);
      delete from cost_tracking c where c.id = v_id;
      select w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd into total_nano_usd
        from budget_windows w where w.key = v_keys[i];
      return;
    end if;
    total_nano_usd := coalesce(total_nano_usd, v_used);
  end loop;
  reservation_id := v_id;
end $$;
