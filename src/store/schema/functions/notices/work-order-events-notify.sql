create or replace function work_order_events_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_events', new.work_order_id::text);
  return null;
end $$;
