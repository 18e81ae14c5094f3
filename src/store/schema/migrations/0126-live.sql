-- One function tells the pages what has changed in any table, by the arguments of its triggers; before, each table had its own.
-- From here on, functions are in files of their own: a migration creates none.
create or replace trigger work_order_events_live after insert on work_order_events for each row execute function live(
  'work_order', '$.work_order_id', '$.work_order_id', 'kind?', '$.kind', 'status?', '$.to_state.status',
  'from_status?', '$.from_state.status', 'step?', '$.to_state.step', 'step?', '$.detail.step',
  'step_state?', '$.to_state.step_state', 'duration_ms?', '$.detail.durationMs');

create or replace trigger error_events_live_insert after insert on error_events for each row execute function live(
  'error', '$.id', '$.work_order_id', 'act', '$act', 'code', '$.error_type', 'failure_class', '$.failure_class',
  'category', '$.category', 'severity', '$.severity', 'component', '$.component', 'recovered', '$.recovery_success',
  'strategy', '$.recovery_strategy', 'step', '$.step', 'has_text', '$.error_message != ""',
  'has_evidence', '$.metadata.hasWholeEvidence');
create or replace trigger error_events_live_update after update on error_events
  for each row when (old.recovery_success is distinct from new.recovery_success) execute function live(
  'error', '$.id', '$.work_order_id', 'act', '$act', 'code', '$.error_type', 'failure_class', '$.failure_class',
  'category', '$.category', 'severity', '$.severity', 'component', '$.component', 'recovered', '$.recovery_success',
  'strategy', '$.recovery_strategy', 'step', '$.step', 'has_text', '$.error_message != ""',
  'has_evidence', '$.metadata.hasWholeEvidence');

create or replace trigger escalations_live after insert or update on escalations for each row execute function live(
  'escalation', '$.id', '$.work_order_id', 'act', '$act', 'status', '$.status', 'failure_class', '$.failure_class');

create or replace trigger sessions_live_insert after insert on sessions for each row execute function live(
  'session', '$.id', '$.work_order_id', 'act', '$act', 'state', '$.state', 'purpose', '$.purpose', 'name', '$.name',
  'exit_code', '$.exit_code', 'signal', '$.signal', 'lived_ms', '$lasted_ms', 'noticed_after_ms', '$ended_ms_ago');
create or replace trigger sessions_live_update after update on sessions
  for each row when (old.state is distinct from new.state) execute function live(
  'session', '$.id', '$.work_order_id', 'act', '$act', 'state', '$.state', 'purpose', '$.purpose', 'name', '$.name',
  'exit_code', '$.exit_code', 'signal', '$.signal', 'lived_ms', '$lasted_ms', 'noticed_after_ms', '$ended_ms_ago');

create or replace trigger system_alerts_live after insert or update on system_alerts for each row execute function live(
  'alert', '$.id', 'null', 'act', '$act', 'severity', '$.severity', 'component', '$.component',
  'is_open', '$.resolved_at == null');
create or replace trigger drifts_live_insert after insert on drifts for each row execute function live(
  'alert', '$.id', 'null', 'act', '"drift"', 'is_open', '$.ended_at == null');
create or replace trigger drifts_live_update after update on drifts
  for each row when (old.answer is distinct from new.answer or old.ended_at is distinct from new.ended_at
    or old.failure is distinct from new.failure) execute function live(
  'alert', '$.id', 'null', 'act', '"drift"', 'is_open', '$.ended_at == null');

create or replace trigger circuit_states_live_insert after insert on circuit_states for each row execute function live(
  'circuit', '$.key', 'null', 'kind', '$.kind', 'phase', '$.phase', 'held_by', '$.held_by');
create or replace trigger circuit_states_live_update after update on circuit_states
  for each row when (old.phase is distinct from new.phase or old.held_by is distinct from new.held_by)
  execute function live('circuit', '$.key', 'null', 'kind', '$.kind', 'phase', '$.phase', 'held_by', '$.held_by');

create or replace trigger degradations_live after insert or update on degradations
  for each row execute function live('degradation', '$.key', '$.work_order_id', 'act', '$act');
create or replace trigger forecasts_live_insert after insert on forecasts
  for each row execute function live('forecast', '$.key', '$.work_order_id', 'act', '$act');
create or replace trigger forecasts_live_update after update on forecasts
  for each row when (old.ended_at is distinct from new.ended_at)
  execute function live('forecast', '$.key', '$.work_order_id', 'act', '$act');

create or replace trigger spending_limits_live after insert or update or delete on spending_limits
  for each row execute function live('setting', '"spending_limits"', 'null', 'act', '$act');
create or replace trigger schedules_live after insert or update on schedules
  for each row execute function live('schedule', '$.id', 'null', 'act', '$act');
create or replace trigger schedule_runs_live after insert or update on schedule_runs
  for each row execute function live('schedule', '$.schedule_id', 'null', 'outcome', '$.outcome');

-- The page of a spec shows its work orders.
create or replace trigger specs_live after insert on specs for each row execute function live('spec', '$.id', 'null');
create or replace trigger specs_live_update after update on specs for each row execute function live('spec', '$.id', 'null');
create or replace trigger contract_checks_live after insert or update on contract_checks
  for each row execute function live('spec', '$.spec_id', 'null');
create or replace trigger plannings_live after insert or update on plannings
  for each row execute function live('spec', '$.spec_id', 'null');
create or replace trigger spec_plans_live after insert on spec_plans
  for each row execute function live('spec', '$.spec_id', 'null');
create or replace trigger work_orders_spec_live after update of status, step, waits_for, pull_request_url, held_by on work_orders
  for each row when (new.spec_id is not null and (old.status is distinct from new.status
    or old.step is distinct from new.step or old.waits_for is distinct from new.waits_for
    or old.pull_request_url is distinct from new.pull_request_url or old.held_by is distinct from new.held_by))
  execute function live('spec', '$.spec_id', 'null');

-- The pages of a work order and of its sub-task show the other one.
create or replace trigger work_orders_subtask_moved after update of status, step, pull_request_url, approved_at on work_orders
  for each row when (new.parent_id is not null and (old.status is distinct from new.status or old.step is distinct from new.step
    or old.pull_request_url is distinct from new.pull_request_url or old.approved_at is distinct from new.approved_at))
  execute function live('work_order', '$.parent_id', '$.parent_id', 'kind', '"subtask"');

create or replace trigger group_members_live after update on group_members
  for each row execute function members_live('$.group_id');
create or replace trigger work_order_groups_live after update on work_order_groups
  for each row execute function members_live('$.id');
create or replace trigger group_orders_live after update of status, step, pull_request_url on work_orders
  for each row when (new.settings ? 'group' and (old.status is distinct from new.status
    or old.step is distinct from new.step or old.pull_request_url is distinct from new.pull_request_url))
  execute function members_live('$.settings.group.group');
-- functions 2177f62be9bc8537bcace0403dbfe15eb9215f9948593c09e33424e9d6281569
