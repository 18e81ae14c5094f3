-- What people watch, and who they are.

-- What has changed, for everybody who watches. A reader goes by the transaction and not by the number: a transaction that
-- began earlier may end later, and its rows have the lower numbers.
create table live_events (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz not null default clock_timestamp(),
  topic text not null check (topic in ('work_order', 'error', 'escalation', 'session', 'alert', 'circuit',
    'degradation', 'forecast', 'setting', 'spec')),
  subject text,
  work_order_id uuid,
  detail jsonb not null default '{}'
);
create index live_events_xid on live_events (xid, id);
create index live_events_at on live_events (at);

create function live_events_notify() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_live', '');
  return null;
end $$;
create trigger live_events_notify after insert on live_events
  for each statement execute function live_events_notify();

create function work_order_events_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('work_order', new.work_order_id, new.work_order_id, jsonb_strip_nulls(jsonb_build_object('kind', new.kind,
      'status', new.to_state ->> 'status', 'from_status', new.from_state ->> 'status',
      'step', coalesce(new.detail ->> 'step', new.to_state ->> 'step'), 'step_state', new.to_state ->> 'step_state',
      'duration_ms', new.detail -> 'durationMs')));
  return null;
end $$;
create trigger work_order_events_live after insert on work_order_events
  for each row execute function work_order_events_live();

create function error_events_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('error', new.id, new.work_order_id, jsonb_build_object('act', lower(tg_op), 'code', new.error_type,
      'failure_class', new.failure_class, 'category', new.category, 'severity', new.severity,
      'component', new.component, 'recovered', new.recovery_success, 'strategy', new.recovery_strategy, 'step', new.step,
      'has_text', new.error_message <> '', 'has_evidence', new.metadata -> 'hasWholeEvidence'));
  return null;
end $$;
create trigger error_events_live_insert after insert on error_events
  for each row execute function error_events_live();
create trigger error_events_live_update after update on error_events
  for each row when (old.recovery_success is distinct from new.recovery_success) execute function error_events_live();

create function escalations_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('escalation', new.id, new.work_order_id,
      jsonb_build_object('act', lower(tg_op), 'status', new.status, 'failure_class', new.failure_class));
  return null;
end $$;
create trigger escalations_live after insert or update on escalations
  for each row execute function escalations_live();

create function sessions_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('session', new.id, new.work_order_id, jsonb_build_object('act', lower(tg_op), 'state', new.state,
      'purpose', new.purpose, 'name', new.name, 'exit_code', new.exit_code, 'signal', new.signal,
      'lived_ms', case when new.ended_at is not null then round(extract(epoch from new.ended_at - new.created_at) * 1000) end,
      'noticed_after_ms', case when new.ended_at is not null
        then round(extract(epoch from clock_timestamp() - new.ended_at) * 1000) end));
  return null;
end $$;
create trigger sessions_live_insert after insert on sessions for each row execute function sessions_live();
create trigger sessions_live_update after update on sessions
  for each row when (old.state is distinct from new.state) execute function sessions_live();

create function system_alerts_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, detail) values ('alert', new.id,
    jsonb_build_object('act', lower(tg_op), 'severity', new.severity, 'component', new.component, 'is_open', new.resolved_at is null));
  return null;
end $$;
create trigger system_alerts_live after insert or update on system_alerts
  for each row execute function system_alerts_live();

create function circuit_states_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, detail)
    values ('circuit', new.key, jsonb_build_object('kind', new.kind, 'phase', new.phase, 'held_by', new.held_by));
  return null;
end $$;
create trigger circuit_states_live_insert after insert on circuit_states
  for each row execute function circuit_states_live();
create trigger circuit_states_live_update after update on circuit_states
  for each row when (old.phase is distinct from new.phase or old.held_by is distinct from new.held_by)
  execute function circuit_states_live();

create function watch_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values (tg_argv[0], new.key, new.work_order_id, jsonb_build_object('act', lower(tg_op)));
  return null;
end $$;
create trigger degradations_live after insert or update on degradations
  for each row execute function watch_live('degradation');
create trigger forecasts_live_insert after insert on forecasts for each row execute function watch_live('forecast');
create trigger forecasts_live_update after update on forecasts
  for each row when (old.ended_at is distinct from new.ended_at) execute function watch_live('forecast');

-- Settings that people change, with all that they ever were: who, when, and what.
create table system_config_history (
  key text not null,
  version integer not null,
  -- Null: it was put back to what it is without anybody's doing.
  value jsonb,
  changed_by text not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (key, version)
);
create function system_config_record() returns trigger language plpgsql as $$
declare
  v_key text := coalesce(new.key, old.key);
  v_by text := case when tg_op = 'DELETE' then coalesce(nullif(current_setting('moose.actor', true), ''), 'moose')
    else new.updated_by end;
begin
  if v_key not like 'budget.%' and v_key not like 'settings.%' then
    return null;
  end if;
  insert into system_config_history (key, version, value, changed_by)
    values (v_key, 1 + coalesce((select max(version) from system_config_history where key = v_key), 0), new.value, v_by);
  insert into live_events (topic, subject) values ('setting', v_key);
  -- Apart from all else that happens: every machine reads its settings again at each.
  perform pg_notify('moose_settings', v_key);
  return null;
end $$;
create trigger system_config_record_insert after insert or delete on system_config
  for each row execute function system_config_record();
create trigger system_config_record_update after update on system_config
  for each row when (old.value is distinct from new.value) execute function system_config_record();

-- A token is a program's, or a person's: a person signs in with it, and acts in their own name.
alter table api_tokens add column person text;

create table web_sessions (
  id uuid primary key,
  hash bytea not null unique,
  token_id uuid not null references api_tokens (id),
  user_agent text not null default '',
  created_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index web_sessions_token on web_sessions (token_id);

-- What was asked for under a key is done once: `subject_id` is given out before anything is made.
create table idempotency_keys (
  actor text not null,
  key text not null,
  request_hash bytea not null,
  subject_id uuid not null,
  status integer,
  response jsonb,
  -- Until then somebody is at it; who dies at it leaves it to the next one.
  held_until timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (actor, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

-- A person keeps a work order from going on, or has it wait for an approval before it begins.
alter table work_orders
  add column held_by text,
  add column held_at timestamptz,
  add column needs_approval boolean not null default false,
  add column approved_by text,
  add column approved_at timestamptz,
  add constraint work_orders_held_check check ((held_by is null) = (held_at is null)),
  add constraint work_orders_approved_check check ((approved_by is null) = (approved_at is null));
create function work_orders_let_go() returns trigger language plpgsql as $$
begin
  -- Nothing of it can go on any more: there is nothing that a pause could keep.
  new.held_by := null;
  new.held_at := null;
  return new;
end $$;
create trigger work_orders_let_go before update on work_orders
  for each row when (new.held_by is not null and new.status in ('completed', 'cancelled'))
  execute function work_orders_let_go();

create table specs (
  id uuid primary key,
  project_id uuid references projects (id),
  name text not null,
  content text not null,
  estimate jsonb not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp()
);
create index specs_created on specs (created_at, id);
create function specs_live() returns trigger language plpgsql as $$
begin
  insert into live_events (topic, subject) values ('spec', new.id);
  return null;
end $$;
create trigger specs_live after insert on specs for each row execute function specs_live();
