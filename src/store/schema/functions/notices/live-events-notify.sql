create or replace function live_events_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_live', '');
  return null;
end $$;
