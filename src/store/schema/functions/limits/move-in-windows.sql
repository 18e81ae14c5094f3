-- A counter never goes below 0: the record of a call must not be lost by one that is wrong. The proof finds it.
create or replace function move_in_windows(p_keys text[], p_held bigint, p_spent bigint, p_presumed bigint, p_overrun bigint)
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
      overrun_nano_usd = w.overrun_nano_usd + p_overrun
    where w.key = any (p_keys);
end $$;
