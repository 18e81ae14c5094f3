-- Money is held by calls. What an envelope has reserved and no call has drawn is idle: it counts for admitting the next run,
-- but a call of another envelope that finds no room takes it. The envelope grows again when its own calls need it.

-- What a reservation still expects to need beyond what it holds, because others have taken its idle money.
create function lent_by_envelope(envelope cost_tracking) returns bigint language sql immutable as $$
  select case when envelope.status <> 'held' or not envelope.metadata ? 'expected_nano_usd' then 0
    else greatest(0, (envelope.metadata ->> 'expected_nano_usd')::bigint - envelope.reserved_nano_usd) end
$$;

-- What other reservations still expect to need of a window, beyond what it holds for them.
create function lent_in_window(p_key text, p_except uuid) returns bigint language sql stable as $$
  select coalesce(sum(lent_by_envelope(e)), 0)::bigint from cost_tracking e
    where e.status = 'held' and e.type = 'reservation' and e.metadata ? 'expected_nano_usd' and p_key = any (e.window_keys)
      and e.id <> p_except
$$;

-- Takes idle money of other runs' envelopes in these windows, the largest amounts first. The caller holds the lock of the
-- windows.
-- An envelope on which a call draws at this moment is left alone: waiting for it here could wait in a circle.
create function take_idle(p_keys text[], p_nano_usd bigint, p_except uuid) returns void language plpgsql as $$
declare
  v_lender cost_tracking;
  v_idle bigint;
  v_missing bigint := p_nano_usd;
begin
  for v_lender in
    select * from cost_tracking e
      where e.status = 'held' and e.type = 'reservation' and e.run_id is not null and e.id <> p_except
        and e.window_keys && p_keys
        and e.reserved_nano_usd > e.drawn_open_nano_usd + e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd
      order by e.drawn_open_nano_usd + e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd - e.reserved_nano_usd, e.id
      for no key update skip locked
  loop
    v_idle := least(v_missing, v_lender.reserved_nano_usd - v_lender.drawn_open_nano_usd - v_lender.drawn_spent_nano_usd
      - v_lender.drawn_presumed_nano_usd);
    update cost_tracking e set
        reserved_nano_usd = e.reserved_nano_usd - v_idle,
        metadata = jsonb_build_object('ceiling_nano_usd', e.reserved_nano_usd::text, 'step_nano_usd', '1',
          'expected_nano_usd', e.reserved_nano_usd::text) || e.metadata
      where e.id = v_lender.id;
    perform move_in_windows(v_lender.window_keys, -v_idle, 0, 0, 0);
    v_missing := v_missing - v_idle;
    exit when v_missing <= 0;
  end loop;
end $$;

create or replace function grow_envelope(p_envelope_id uuid, p_nano_usd bigint) returns boolean language plpgsql as $$
declare
  v_envelope cost_tracking;
  v_needed bigint;
  v_step bigint;
  v_more bigint;
  v_room bigint;
  v_keys text[];
  v_full text[];
begin
  select * into v_envelope from cost_tracking
    where id = p_envelope_id and type = 'reservation' and status = 'held' and metadata ? 'ceiling_nano_usd'
    for no key update;
  if not found then
    return false;
  end if;
  v_needed := p_nano_usd - (v_envelope.reserved_nano_usd - v_envelope.drawn_open_nano_usd
    - v_envelope.drawn_spent_nano_usd - v_envelope.drawn_presumed_nano_usd);
  -- Another call has let it grow in the meantime.
  if v_needed <= 0 then
    return true;
  end if;
  v_step := greatest(1, coalesce((v_envelope.metadata ->> 'step_nano_usd')::bigint, 1));
  v_more := least((v_envelope.metadata ->> 'ceiling_nano_usd')::bigint - v_envelope.reserved_nano_usd,
    ceil(v_needed::numeric / v_step)::bigint * v_step);
  -- A part of what the call needs is of no use to it, and would be missing elsewhere.
  if v_more < v_needed then
    return false;
  end if;
  perform lock_windows();
  for attempt in 1 .. 2 loop
    select array_agg(l.key order by l.key), min(room.left), array_agg(l.key) filter (where room.left < v_needed)
      into v_keys, v_room, v_full
      from budget_windows_of(v_envelope.metadata, v_envelope.service_name, v_envelope.created_at) l
        left join budget_windows w on w.key = l.key,
        lateral (select case when w.is_frozen then 0 else l.limit_nano_usd
          - coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0) end as left) room;
    -- The windows are others since the time zone has changed, or a limit was set or removed: the next envelope has these.
    if v_keys is distinct from v_envelope.window_keys then
      return false;
    end if;
    exit when v_full is null or attempt = 2;
    perform take_idle(v_full, v_needed - greatest(0, v_room), p_envelope_id);
  end loop;
  if v_full is not null then
    return false;
  end if;
  v_more := least(v_more, v_room);
  perform move_in_windows(v_keys, v_more, 0, 0, 0);
  update cost_tracking set reserved_nano_usd = reserved_nano_usd + v_more where id = p_envelope_id;
  return true;
end $$;

-- What a call of the envelope could draw at this moment at most, and what it could draw besides once all calls under way in
-- its windows have ended.
create function room_of_envelope(p_envelope_id uuid, out left_nano_usd bigint, out open_nano_usd bigint)
language plpgsql stable as $$
declare
  v_envelope cost_tracking;
  v_own bigint;
  v_ceiling bigint;
  v_keys text[];
  v_now bigint;
  v_later bigint;
begin
  select * into v_envelope from cost_tracking where id = p_envelope_id;
  v_own := v_envelope.reserved_nano_usd - v_envelope.drawn_open_nano_usd - v_envelope.drawn_spent_nano_usd
    - v_envelope.drawn_presumed_nano_usd;
  left_nano_usd := greatest(0, v_own);
  open_nano_usd := v_envelope.drawn_open_nano_usd;
  if v_envelope.status <> 'held' or not v_envelope.metadata ? 'ceiling_nano_usd' then
    return;
  end if;
  v_ceiling := v_own + (v_envelope.metadata ->> 'ceiling_nano_usd')::bigint - v_envelope.reserved_nano_usd;
  select array_agg(l.key order by l.key),
      min(case when w.is_frozen then 0
        else l.limit_nano_usd - coalesce(w.spent_nano_usd + w.presumed_nano_usd, 0) - o.open end),
      min(case when w.is_frozen then 0 else l.limit_nano_usd - coalesce(w.spent_nano_usd + w.presumed_nano_usd, 0) end)
    into v_keys, v_now, v_later
    from budget_windows_of(v_envelope.metadata, v_envelope.service_name, v_envelope.created_at) l
      left join budget_windows w on w.key = l.key,
      lateral (select coalesce(sum(e.drawn_open_nano_usd), 0)::bigint as open from cost_tracking e
        where e.status = 'held' and e.type = 'reservation' and l.key = any (e.window_keys)) o;
  if v_keys is distinct from v_envelope.window_keys then
    return;
  end if;
  left_nano_usd := greatest(left_nano_usd, least(v_ceiling, v_now));
  open_nano_usd := greatest(0, least(v_ceiling + v_envelope.drawn_open_nano_usd, v_later) - left_nano_usd);
end $$;

create or replace function draw_call(p_call_id uuid, p_key_id uuid, p_key_hash bytea, p_gateway_id uuid, p_provider text, p_model text, p_wire text, p_is_stream boolean, p_nano_usd bigint, p_input_tokens_max bigint, p_output_tokens_max bigint, p_price_version text)
 returns TABLE(kind text, left_nano_usd bigint, open_nano_usd bigint, reason text)
 language plpgsql
as $$
declare
  v_key record;
  v_call cost_tracking;
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
  if v_answer = 'drawn' then
    insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd,
        model, session_id, key_id, gateway_id, provider, wire, is_stream, input_tokens_max, output_tokens_max, price_version)
      values (p_call_id, 'actual', 'sent', v_key.service_name, v_key.work_order_id, v_key.run_id, v_key.envelope_id,
        p_nano_usd, p_model, v_key.session_id, v_key.id, p_gateway_id, p_provider, p_wire, p_is_stream, p_input_tokens_max,
        p_output_tokens_max, p_price_version)
      on conflict (id) do nothing;
    if found then
      return query select 'drawn', 0::bigint, 0::bigint, null::text;
      return;
    end if;
    perform change_envelope(v_key.envelope_id, -p_nano_usd, 0, 0, 0, p_call_id);
  end if;
  -- Another statement has drawn or ended the same call since this one looked.
  select * into v_call from cost_tracking where id = p_call_id;
  if found then
    return query select case when v_call.key_id = p_key_id and v_call.status in ('sent', 'presumed') then 'drawn'
      else 'key_invalid' end, 0::bigint, 0::bigint, null::text;
    return;
  end if;
  return query select case v_answer when 'closed' then 'key_invalid' else v_answer end, room.left_nano_usd, room.open_nano_usd,
    null::text from room_of_envelope(v_key.envelope_id) room;
end $$;

create or replace function reserve_in_windows(p_nano_usd bigint, p_service_name text, p_metadata jsonb, p_at timestamp with time zone, OUT total_nano_usd bigint, OUT reservation_id uuid)
 returns record
 language plpgsql
as $$
declare
  v_id uuid := gen_random_uuid();
  v_keys text[];
  v_limits bigint[];
  v_there integer;
  v_used bigint;
begin
  select array_agg(l.key order by l.key), array_agg(l.limit_nano_usd order by l.key), count(w.key),
      (array_agg(coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0) order by l.key) filter (where
        w.is_frozen or spending_is_frozen() or p_nano_usd > l.limit_nano_usd - lent_in_window(l.key, v_id)
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
        and v_limits[i] - w.held_nano_usd - w.spent_nano_usd - w.presumed_nano_usd - lent_in_window(w.key, v_id)
          >= p_nano_usd
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
