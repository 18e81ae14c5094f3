-- The first instant at which clocks in this zone show this time or a later one: where clocks are set back from one o'clock
-- to midnight, the first hour of a day, and perhaps of a month, comes twice. Clocks are changed at full quarters.
create or replace function began_at(p_local timestamp, p_zone text) returns timestamptz language sql stable as $$
  select min(at) from generate_series(
    (p_local at time zone p_zone) - interval '3 hours', p_local at time zone p_zone, interval '15 minutes') as at
  where at at time zone p_zone >= p_local
$$;
