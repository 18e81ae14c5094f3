create or replace function gateway_keys_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_stopped_keys', new.id::text);
  return null;
end $$;
