-- Past days whose costs have changed are summed again; the same for errors and outcomes.
create or replace function cost_tracking_stale() returns trigger language plpgsql as $$
begin
  insert into stale_days (topic, day)
    select distinct 'costs', date_trunc('day', at, 'UTC')
    from (values (case when tg_op <> 'INSERT' then old.settled_at end), (case when tg_op <> 'DELETE' then new.settled_at end)) as moments (at)
    where is_of_past_day(at);
  return null;
end $$;
