-- Lets an envelope grow while its calls need more, up to a ceiling, which its metadata name (R-PROJ-8). Adds a step that fits
-- this call, or as much as the ceiling and every window allow. It stays in the windows of the day on which it was made, with
-- their limits of today. False if nothing was added.
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
