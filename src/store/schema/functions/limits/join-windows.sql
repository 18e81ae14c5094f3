-- Adds envelopes, which the caller has locked, to those of their windows that match and that they are not in yet.
create or replace function join_windows(p_ids uuid[], p_pattern text) returns void language plpgsql as $$
begin
  if p_ids is null then
    return;
  end if;
  perform lock_windows();
  with missing as materialized (
    select e.id, l.key, l.limit_nano_usd, held_by_envelope(e) as held, e.drawn_spent_nano_usd as spent,
      e.drawn_presumed_nano_usd as presumed
    from cost_tracking e cross join lateral budget_windows_of(e.metadata, e.service_name, e.created_at) l
    where e.id = any (p_ids) and l.key ~ p_pattern and not l.key = any (e.window_keys)
  ),
  counted as (
    insert into budget_windows as w (key, limit_nano_usd, held_nano_usd, spent_nano_usd, presumed_nano_usd)
      select key, max(limit_nano_usd), sum(held), sum(spent), sum(presumed) from missing group by key order by key
      on conflict (key) do update set held_nano_usd = w.held_nano_usd + excluded.held_nano_usd,
        spent_nano_usd = w.spent_nano_usd + excluded.spent_nano_usd,
        presumed_nano_usd = w.presumed_nano_usd + excluded.presumed_nano_usd
  )
  update cost_tracking e set window_keys = (select array_agg(k order by k) from unnest(e.window_keys || added.keys) k)
    from (select id, array_agg(key) as keys from missing group by id) added where added.id = e.id;
end $$;
