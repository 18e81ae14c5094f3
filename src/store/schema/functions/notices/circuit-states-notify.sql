create or replace function circuit_states_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_circuits', new.key);
  return null;
end $$;
