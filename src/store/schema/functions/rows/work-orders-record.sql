-- Each change of state is an event.
create or replace function work_orders_record() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into work_order_events (work_order_id, kind, to_state, actor, reason)
    values (new.id, 'transition', jsonb_build_object('status', new.status), new.changed_by, new.changed_because);
  elsif (old.status, old.step, old.step_state) is distinct from (new.status, new.step, new.step_state) then
    insert into work_order_events (work_order_id, kind, from_state, to_state, actor, reason)
    values (new.id, 'transition',
      jsonb_build_object('status', old.status, 'step', old.step, 'step_state', old.step_state),
      jsonb_build_object('status', new.status, 'step', new.step, 'step_state', new.step_state),
      new.changed_by, new.changed_because);
  end if;
  return null;
end $$;
