-- Whoever reserves holds this shared, whoever sets a limit holds it alone: no envelope is made under the limits of before
-- once a limit has counted what there is. The key is 'moos' in ASCII.
create or replace function hold_limits(p_alone boolean) returns void language plpgsql as $$
begin
  if p_alone then
    perform pg_advisory_xact_lock(x'6d6f6f73'::integer, 2);
  else
    perform pg_advisory_xact_lock_shared(x'6d6f6f73'::integer, 2);
  end if;
end $$;
