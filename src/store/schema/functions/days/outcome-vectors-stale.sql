-- An attempt cost what its work order had cost by then, without what it had cost at the attempt before: one that is added
-- or taken away changes the next one.
create or replace function outcome_vectors_stale() returns trigger language plpgsql as $$
begin
  insert into stale_days (topic, day)
    select distinct 'outcomes', date_trunc('day', at, 'UTC') from (
      select created_at as at from changed
      union all
      select v.created_at from changed c join outcome_vectors v on v.work_order_id = c.work_order_id
        and v.created_at >= c.created_at
    ) as moments
    where is_of_past_day(at);
  return null;
end $$;
