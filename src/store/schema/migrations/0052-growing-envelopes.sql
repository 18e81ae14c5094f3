-- An envelope may grow in steps while its calls need more, up to a ceiling, which its metadata name (R-PROJ-8).

-- Adds a step that fits this call, or as much as the ceiling and every window allow. It stays in the windows of the day on
-- which it was made, with their limits of today. False if nothing was added.
create function grow_envelope(p_envelope_id uuid, p_nano_usd bigint) returns boolean language plpgsql as $$
declare
  v_envelope cost_tracking;
  v_left bigint;
  v_step bigint;
  v_more bigint;
  v_keys text[];
begin
  select * into v_envelope from cost_tracking
    where id = p_envelope_id and type = 'reservation' and status = 'held' and metadata ? 'ceiling_nano_usd'
    for no key update;
  if not found then
    return false;
  end if;
  v_left := v_envelope.reserved_nano_usd - v_envelope.drawn_open_nano_usd - v_envelope.drawn_spent_nano_usd
    - v_envelope.drawn_presumed_nano_usd;
  -- Another call has let it grow in the meantime.
  if v_left >= p_nano_usd then
    return true;
  end if;
  v_step := greatest(1, coalesce((v_envelope.metadata ->> 'step_nano_usd')::bigint, 1));
  v_more := least((v_envelope.metadata ->> 'ceiling_nano_usd')::bigint - v_envelope.reserved_nano_usd,
    ceil((p_nano_usd - v_left)::numeric / v_step)::bigint * v_step);
  if v_more <= 0 then
    return false;
  end if;
  perform lock_windows();
  select array_agg(l.key order by l.key), least(v_more, min(case when w.is_frozen then 0
      else l.limit_nano_usd - coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0) end))
    into v_keys, v_more
    from budget_windows_of(v_envelope.metadata, v_envelope.service_name, v_envelope.created_at) l
      left join budget_windows w on w.key = l.key;
  -- The windows are others since the time zone has changed, or a limit was set or removed: the next envelope has these.
  if v_more <= 0 or v_keys is distinct from v_envelope.window_keys then
    return false;
  end if;
  perform move_in_windows(v_keys, v_more, 0, 0, 0);
  update cost_tracking set reserved_nano_usd = reserved_nano_usd + v_more where id = p_envelope_id;
  return true;
end $$;

-- Takes a call's worst case out of its envelope: 'drawn', 'no_room', 'frozen', or 'closed'. The predicate decides; an
-- envelope without room grows first, if it may.
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
    exit when attempt = 2 or not grow_envelope(p_envelope_id, p_nano_usd);
  end loop;
  return 'no_room';
end $$;
