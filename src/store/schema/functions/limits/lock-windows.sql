-- Whoever changes windows comes in turn: everybody meets in the month's row anyway, and a lock hands over more quickly than
-- a row does. The key is 'moos' in ASCII.
create or replace function lock_windows() returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(x'6d6f6f73'::integer, 1);
end $$;
