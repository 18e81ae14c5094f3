-- What a call of the envelope could draw at this moment at most, and what it could draw besides once all calls under way in
-- its windows have ended.
create or replace function room_of_envelope(p_envelope_id uuid, out left_nano_usd bigint, out open_nano_usd bigint)
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
