-- Only legal changes of state, counters that only ever grow, and only people move what is parked.
create or replace function work_orders_guard() returns trigger language plpgsql as $$
declare
  changed record;
begin
  for changed in
    select * from (values
      ('status', old.status::text, new.status::text),
      ('step', coalesce(old.step::text, 'none'), coalesce(new.step::text, 'none')),
      ('step_state', coalesce(old.step_state::text, 'none'), coalesce(new.step_state::text, 'none'))
    ) as pair (kind, from_value, to_value)
    where pair.from_value <> pair.to_value
  loop
    if not exists (
      select 1 from legal_transitions t
      where t.kind = changed.kind and t.from_value = changed.from_value and t.to_value = changed.to_value
    ) then
      raise exception 'Invalid state transition: % % → %', changed.kind, changed.from_value, changed.to_value
        using errcode = 'MS001';
    end if;
  end loop;
  if new.agent_runs < old.agent_runs or new.refinement_cycles < old.refinement_cycles or new.run < old.run then
    raise exception 'A work order''s counters only ever grow' using errcode = 'MS002';
  end if;
  if old.parked_at is not null and new.changed_by not like 'human:%' and (
    new.parked_at is null or new.status is distinct from old.status or new.run is distinct from old.run)
  then
    raise exception 'A parked work order is moved by a human alone' using errcode = 'MS003';
  end if;
  return new;
end $$;
