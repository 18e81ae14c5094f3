create or replace function circuit_states_changed() returns trigger language plpgsql as $$
begin
  insert into circuit_changes (key, phase, code) values (new.key, new.phase, new.because ->> 'code');
  return null;
end $$;
