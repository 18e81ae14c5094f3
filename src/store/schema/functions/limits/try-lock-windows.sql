-- As `lock_windows`, but false where another transaction holds the lock.
create or replace function try_lock_windows() returns boolean language plpgsql as $$
begin
  return pg_try_advisory_xact_lock(x'6d6f6f73'::integer, 1);
end $$;
