-- What a post-mortem says about the system at each failure (R-ESC-8).

-- Each change of a circuit. `circuit_states` only holds its current state.
create table circuit_changes (
  id bigint generated always as identity primary key,
  key text not null,
  phase text not null check (phase in ('closed', 'open', 'half_open')),
  -- The code of the failure that opened it.
  code text,
  at timestamptz not null default clock_timestamp()
);
create index circuit_changes_key on circuit_changes (key, at desc, id desc);

create function circuit_states_changed() returns trigger language plpgsql as $$
begin
  insert into circuit_changes (key, phase, code) values (new.key, new.phase, new.because ->> 'code');
  return null;
end $$;
create trigger circuit_states_changed_insert after insert on circuit_states
  for each row when (new.phase <> 'closed') execute function circuit_states_changed();
create trigger circuit_states_changed_update after update on circuit_states
  for each row when (old.phase is distinct from new.phase) execute function circuit_states_changed();

-- The machine on which the failure occurred: its name, its load and its free memory at that moment.
alter table error_events add column machine jsonb;
