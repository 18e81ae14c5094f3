create or replace function outbox_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_outbox', new.id::text);
  return null;
end $$;
