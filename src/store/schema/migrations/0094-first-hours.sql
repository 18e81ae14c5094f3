-- Where clocks are set back from one o'clock to midnight, the first hour of a day, and perhaps of a month, comes twice.

-- The first instant at which clocks in this zone show this time or a later one. Clocks are changed at full quarters.
create function began_at(p_local timestamp, p_zone text) returns timestamptz language sql stable as $$
  select min(at) from generate_series(
    (p_local at time zone p_zone) - interval '3 hours', p_local at time zone p_zone, interval '15 minutes') as at
  where at at time zone p_zone >= p_local
$$;

-- As before, but the month begins the first time that the clock shows its beginning.
create or replace function spending_limits_count() returns trigger language plpgsql as $$
declare
  v_since timestamptz;
  v_ids uuid[];
begin
  perform hold_limits(true);
  select began_at(date_trunc('month', now() at time zone zone), zone) into v_since
    from (select coalesce((select value #>> '{}' from system_config where key = 'budget.time_zone'), 'UTC') as zone) z;
  select array_agg(id) into v_ids from (
    select e.id from cost_tracking e
    where e.type = 'reservation' and e.created_at >= v_since and case new.kind
      when 'project' then e.metadata ->> 'project_id' = new.subject
      else new.subject in ('*', name_of_actor(coalesce(
        (select requested_by from work_orders w where w.id = e.work_order_id), e.metadata ->> 'asked_by'))) end
    order by e.id for update of e) locked;
  perform join_windows(v_ids, '^(person|project)_(day|month):');
  return null;
end $$;

-- Adds envelopes, which the caller has locked, to those of their windows that match and that they are not in yet.
create function join_windows(p_ids uuid[], p_pattern text) returns void language plpgsql as $$
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
