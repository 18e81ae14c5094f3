-- What other reservations still expect to need of a window, beyond what it holds for them.
create or replace function lent_in_window(p_key text, p_except uuid) returns bigint language sql stable as $$
  select coalesce(sum(lent_by_envelope(e)), 0)::bigint from cost_tracking e
    where e.status = 'held' and e.type = 'reservation' and e.metadata ? 'expected_nano_usd' and p_key = any (e.window_keys)
      and e.id <> p_except
$$;
