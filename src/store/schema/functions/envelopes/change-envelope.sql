-- Adds to what an envelope's calls have drawn, and moves its windows with it.
create or replace function change_envelope(
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
