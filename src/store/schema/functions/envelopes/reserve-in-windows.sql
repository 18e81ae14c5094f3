-- A reservation is of the moment whose windows it is in: one that is made across midnight can grow, and a limit of a person
-- that is set later counts it in the right day.
create or replace function reserve_in_windows(p_nano_usd bigint, p_service_name text, p_metadata jsonb, p_at timestamptz,
    out total_nano_usd bigint, out reservation_id uuid)
  language plpgsql as $$
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
