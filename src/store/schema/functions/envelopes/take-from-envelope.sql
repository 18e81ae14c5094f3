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
