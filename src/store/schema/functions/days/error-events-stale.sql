create or replace function error_events_stale() returns trigger language plpgsql as $$
begin
  insert into stale_days (topic, day) select distinct 'errors', date_trunc('day', timestamp, 'UTC') from changed
    where is_of_past_day(timestamp);
  return null;
end $$;
