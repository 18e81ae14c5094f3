-- Every call that is booked updates its work order and its envelope. Triggers that only look at other columns are no
-- longer called for it: a trigger with a list of columns costs nothing where none of them is set.

create function work_orders_touched() returns trigger language plpgsql as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end $$;
create trigger work_orders_touched before update on work_orders for each row execute function work_orders_touched();

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
drop trigger work_orders_guard on work_orders;
create trigger work_orders_guard
  before update of status, step, step_state, parked_at, run, agent_runs, refinement_cycles on work_orders
  for each row execute function work_orders_guard();

create function work_orders_guard_costs() returns trigger language plpgsql as $$
begin
  if new.model_calls < old.model_calls or new.input_tokens < old.input_tokens or new.output_tokens < old.output_tokens
    or (new.cost_nano_usd < old.cost_nano_usd and current_setting('moose.cost_evidence', true)
      is distinct from old.id || ' ' || (old.cost_nano_usd - new.cost_nano_usd))
  then
    raise exception 'A work order''s counters only ever grow' using errcode = 'MS002';
  end if;
  return new;
end $$;
create trigger work_orders_guard_costs
  before update of cost_nano_usd, model_calls, input_tokens, output_tokens on work_orders
  for each row execute function work_orders_guard_costs();

drop trigger work_orders_guard_recovery on work_orders;
create trigger work_orders_guard_recovery before update of recovery_attempts, wasted_nano_usd on work_orders
  for each row execute function work_orders_guard_recovery();

drop trigger work_orders_let_go on work_orders;
create trigger work_orders_let_go before update of status, held_by on work_orders
  for each row when (new.held_by is not null and new.status in ('completed', 'cancelled'))
  execute function work_orders_let_go();

drop trigger work_orders_requested_update on work_orders;
create trigger work_orders_requested_update before update of requested_by on work_orders
  for each row when (old.requested_by is distinct from new.requested_by)
  execute function work_orders_requested();

drop trigger work_orders_record on work_orders;
create trigger work_orders_record_insert after insert on work_orders
  for each row execute function work_orders_record();
create trigger work_orders_record_update after update of status, step, step_state on work_orders
  for each row execute function work_orders_record();

-- `held_by` changes with the status too, by `work_orders_let_go`.
drop trigger work_orders_spec_live on work_orders;
create trigger work_orders_spec_live after update of status, step, waits_for, pull_request_url, held_by on work_orders
  for each row when (new.spec_id is not null and (old.status is distinct from new.status
    or old.step is distinct from new.step or old.waits_for is distinct from new.waits_for
    or old.pull_request_url is distinct from new.pull_request_url or old.held_by is distinct from new.held_by))
  execute function spec_of_row_live();

drop trigger joint_orders_live on work_orders;
create trigger joint_orders_live after update of status, step, pull_request_url on work_orders
  for each row when (new.settings ? 'joint' and (old.status is distinct from new.status
    or old.step is distinct from new.step or old.pull_request_url is distinct from new.pull_request_url))
  execute function joint_orders_live();

drop trigger cost_tracking_stale_update on cost_tracking;
create trigger cost_tracking_stale_update
  after update of settled_at, actual_nano_usd, status, is_wasted, model on cost_tracking
  for each row when (new.type = 'actual' and (is_of_past_day(old.settled_at) or is_of_past_day(new.settled_at))
    and (old.settled_at is distinct from new.settled_at or old.actual_nano_usd is distinct from new.actual_nano_usd
      or old.status is distinct from new.status or old.is_wasted is distinct from new.is_wasted
      or old.model is distinct from new.model))
  execute function cost_tracking_stale();
