-- Made by scripts/dump-schema.ts from the migrations beside it, and compared with them by a test.

create type failure_class as enum ('compile_error', 'contract_violation', 'test_fail', 'lint_error', 'orchestration_error', 'budget_exceeded', 'dependency_missing', 'timeout', 'unknown');
create type work_order_status as enum ('pending', 'in_progress', 'needs_review', 'completed', 'failed', 'cancelled');
create type work_order_step as enum ('routing', 'preparing', 'generating', 'applying', 'verifying', 'creating_pr', 'tracking', 'awaiting_ci');
create type work_order_step_state as enum ('running', 'retrying', 'exhausted', 'rolling_back', 'rollback_pending', 'manual_intervention_required', 'done');

create table allowed_secrets (
  project_id uuid not null,
  fingerprint text not null,
  kind text not null,
  path text not null,
  allowed_by text not null,
  work_order_id uuid,
  allowed_at timestamp with time zone not null default now(),
  constraint allowed_secrets_pkey PRIMARY KEY (project_id, fingerprint),
  constraint allowed_secrets_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint allowed_secrets_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table answer_policies (
  id uuid not null,
  project_id uuid,
  failure_class failure_class not null,
  code text not null,
  option jsonb not null,
  note text,
  escalation_id uuid,
  created_by text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  uses integer not null default 0,
  last_used_at timestamp with time zone,
  revoked_by text,
  revoked_at timestamp with time zone,
  constraint answer_policies_escalation_id_fkey FOREIGN KEY (escalation_id) REFERENCES escalations(id),
  constraint answer_policies_pkey PRIMARY KEY (id),
  constraint answer_policies_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);

create table api_tokens (
  id uuid not null,
  name text not null,
  hash bytea not null,
  role text not null,
  created_by text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  person text,
  issuer text,
  subject text,
  groups text[],
  constraint api_tokens_hash_key UNIQUE (hash),
  constraint api_tokens_login_check CHECK ((((issuer IS NULL) = (subject IS NULL)) AND ((issuer IS NULL) OR (person IS NOT NULL)))),
  constraint api_tokens_pkey PRIMARY KEY (id),
  constraint api_tokens_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text])))
);

create table artifacts (
  id uuid not null,
  work_order_id uuid not null,
  run_id uuid not null,
  cycle integer not null,
  kind text not null,
  content bytea not null,
  created_at timestamp with time zone not null default now(),
  constraint artifacts_pkey PRIMARY KEY (id),
  constraint artifacts_run_id_cycle_kind_key UNIQUE (run_id, cycle, kind),
  constraint artifacts_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id),
  constraint artifacts_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table audit_log (
  id bigint not null generated always as identity,
  at timestamp with time zone not null default clock_timestamp(),
  actor text not null,
  act text not null,
  subject text,
  detail jsonb not null default '{}'::jsonb,
  constraint audit_log_pkey PRIMARY KEY (id)
);

create table base_checks (
  project_id uuid not null,
  base_sha text not null,
  check_key text not null,
  command text not null,
  passed boolean not null,
  seen jsonb,
  checked_at timestamp with time zone not null default now(),
  constraint base_checks_pkey PRIMARY KEY (project_id, base_sha, check_key),
  constraint base_checks_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);

create table budget_windows (
  key text not null,
  limit_nano_usd bigint not null,
  held_nano_usd bigint not null default 0,
  spent_nano_usd bigint not null default 0,
  presumed_nano_usd bigint not null default 0,
  overrun_nano_usd bigint not null default 0,
  is_frozen boolean not null default false,
  created_at timestamp with time zone not null default now(),
  warned_at timestamp with time zone,
  constraint budget_windows_held_nano_usd_check CHECK ((held_nano_usd >= 0)),
  constraint budget_windows_limit_nano_usd_check CHECK ((limit_nano_usd >= 0)),
  constraint budget_windows_overrun_nano_usd_check CHECK ((overrun_nano_usd >= 0)),
  constraint budget_windows_pkey PRIMARY KEY (key),
  constraint budget_windows_presumed_nano_usd_check CHECK ((presumed_nano_usd >= 0)),
  constraint budget_windows_spent_nano_usd_check CHECK ((spent_nano_usd >= 0))
);

create table call_bodies (
  call_id uuid not null,
  request text not null,
  response text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint call_bodies_call_id_fkey FOREIGN KEY (call_id) REFERENCES cost_tracking(id),
  constraint call_bodies_pkey PRIMARY KEY (call_id)
);

create table candidate_groups (
  id uuid not null,
  size integer not null,
  limit_nano_usd bigint,
  created_at timestamp with time zone not null default clock_timestamp(),
  decided_at timestamp with time zone,
  outcome text,
  kept uuid,
  because text,
  constraint candidate_groups_check CHECK (((num_nulls(decided_at, outcome, because) % 3) = 0)),
  constraint candidate_groups_check1 CHECK (((kept IS NULL) = ((outcome IS NULL) OR (outcome = 'given_up'::text)))),
  constraint candidate_groups_id_fkey FOREIGN KEY (id) REFERENCES work_orders(id),
  constraint candidate_groups_kept_fkey FOREIGN KEY (kept) REFERENCES work_orders(id),
  constraint candidate_groups_limit_nano_usd_check CHECK ((limit_nano_usd > 0)),
  constraint candidate_groups_outcome_check CHECK ((outcome = ANY (ARRAY['kept'::text, 'none_passed'::text, 'given_up'::text]))),
  constraint candidate_groups_pkey PRIMARY KEY (id),
  constraint candidate_groups_size_check CHECK (((size >= 2) AND (size <= 5)))
);

create table candidates (
  work_order_id uuid not null,
  group_id uuid not null,
  number integer not null,
  result text,
  settled_at timestamp with time zone,
  facts jsonb,
  failure jsonb,
  constraint candidates_check CHECK ((num_nulls(result, settled_at) <> 1)),
  constraint candidates_check1 CHECK (((NOT (result IS DISTINCT FROM 'passed'::text)) = (facts IS NOT NULL))),
  constraint candidates_check2 CHECK (((NOT (result IS DISTINCT FROM 'failed'::text)) = (failure IS NOT NULL))),
  constraint candidates_group_id_fkey FOREIGN KEY (group_id) REFERENCES candidate_groups(id),
  constraint candidates_group_id_number_key UNIQUE (group_id, number),
  constraint candidates_number_check CHECK (((number >= 1) AND (number <= 5))),
  constraint candidates_pkey PRIMARY KEY (work_order_id),
  constraint candidates_result_check CHECK ((result = ANY (ARRAY['passed'::text, 'failed'::text]))),
  constraint candidates_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table circuit_changes (
  id bigint not null generated always as identity,
  key text not null,
  phase text not null,
  code text,
  at timestamp with time zone not null default clock_timestamp(),
  constraint circuit_changes_phase_check CHECK ((phase = ANY (ARRAY['closed'::text, 'open'::text, 'half_open'::text]))),
  constraint circuit_changes_pkey PRIMARY KEY (id)
);

create table circuit_states (
  key text not null,
  kind text not null,
  phase text not null,
  generation bigint not null,
  state jsonb not null,
  because jsonb,
  opened_at timestamp with time zone,
  not_before timestamp with time zone,
  openings integer not null default 0,
  held_by text,
  updated_by text not null,
  updated_at timestamp with time zone not null default clock_timestamp(),
  constraint circuit_states_kind_check CHECK ((kind = ANY (ARRAY['provider'::text, 'model'::text, 'forge'::text, 'agent'::text, 'git'::text, 'notifier'::text]))),
  constraint circuit_states_phase_check CHECK ((phase = ANY (ARRAY['closed'::text, 'open'::text, 'half_open'::text]))),
  constraint circuit_states_pkey PRIMARY KEY (key)
);

create table contract_checks (
  spec_id uuid not null,
  name text not null,
  work_order_id uuid not null,
  role text not null,
  state text not null,
  object_id text,
  breaking jsonb not null,
  checked_at timestamp with time zone not null default clock_timestamp(),
  accepted_object_id text,
  accepted_breaking jsonb,
  accepted_by text,
  accepted_at timestamp with time zone,
  constraint contract_checks_check CHECK (((num_nulls(accepted_object_id, accepted_breaking, accepted_by, accepted_at) % 4) = 0)),
  constraint contract_checks_pkey PRIMARY KEY (spec_id, name, work_order_id),
  constraint contract_checks_role_check CHECK ((role = ANY (ARRAY['provider'::text, 'user'::text]))),
  constraint contract_checks_spec_id_fkey FOREIGN KEY (spec_id) REFERENCES specs(id),
  constraint contract_checks_state_check CHECK ((state = ANY (ARRAY['holds'::text, 'broken'::text, 'accepted'::text]))),
  constraint contract_checks_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table cost_days (
  day timestamp with time zone not null,
  model text not null,
  project_id uuid,
  nano_usd bigint not null,
  presumed_nano_usd bigint not null,
  wasted_nano_usd bigint not null,
  calls bigint not null
);

create table cost_tracking (
  id uuid not null,
  type text not null,
  status text not null,
  service_name text not null,
  work_order_id uuid,
  run_id uuid,
  reservation_id uuid,
  reserved_nano_usd bigint not null,
  actual_nano_usd bigint,
  model text,
  input_tokens bigint,
  output_tokens bigint,
  window_keys text[] not null default '{}'::text[],
  metadata jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default clock_timestamp(),
  settled_at timestamp with time zone,
  drawn_open_nano_usd bigint not null default 0,
  drawn_spent_nano_usd bigint not null default 0,
  drawn_presumed_nano_usd bigint not null default 0,
  session_id uuid,
  key_id uuid,
  gateway_id uuid,
  provider text,
  wire text,
  is_stream boolean,
  price_version text,
  input_tokens_max bigint,
  output_tokens_max bigint,
  cache_read_tokens bigint,
  cache_write_tokens bigint,
  cache_write_hour_tokens bigint,
  http_status integer,
  failure text,
  retry_after_ms integer,
  first_byte_ms integer,
  duration_ms integer,
  is_wasted boolean not null default false,
  priced_by text,
  constraint cost_tracking_actual_nano_usd_check CHECK ((actual_nano_usd >= 0)),
  constraint cost_tracking_drawn_open_nano_usd_check CHECK ((drawn_open_nano_usd >= 0)),
  constraint cost_tracking_drawn_presumed_nano_usd_check CHECK ((drawn_presumed_nano_usd >= 0)),
  constraint cost_tracking_drawn_spent_nano_usd_check CHECK ((drawn_spent_nano_usd >= 0)),
  constraint cost_tracking_pkey PRIMARY KEY (id),
  constraint cost_tracking_reserved_nano_usd_check CHECK ((reserved_nano_usd >= 0)),
  constraint cost_tracking_status_check CHECK ((status = ANY (ARRAY['held'::text, 'sent'::text, 'settled'::text, 'presumed'::text, 'cancelled'::text]))),
  constraint cost_tracking_type_check CHECK ((type = ANY (ARRAY['reservation'::text, 'actual'::text]))),
  constraint cost_tracking_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table dearer_answers (
  model text not null,
  answered text not null,
  call_id uuid not null,
  first_seen_at timestamp with time zone not null default clock_timestamp(),
  constraint dearer_answers_pkey PRIMARY KEY (model, answered)
);

create table decision_logs (
  id uuid not null,
  work_order_id uuid,
  kind text not null,
  agent_type text not null,
  input_context jsonb not null,
  decision_output jsonb not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  run_id uuid,
  try integer,
  mode text,
  policy text,
  is_held_out boolean,
  arm text,
  learned_arm text,
  static_arm text,
  propensities jsonb,
  candidates jsonb,
  features jsonb,
  price_version text,
  experiment_id uuid,
  side text,
  acted jsonb,
  constraint decision_logs_choice_check CHECK ((((try IS NULL) = (run_id IS NULL)) AND ((try IS NULL) = (mode IS NULL)) AND ((try IS NULL) = (policy IS NULL)) AND ((try IS NULL) = (is_held_out IS NULL)) AND ((try IS NULL) = (propensities IS NULL)) AND ((try IS NULL) = (candidates IS NULL)) AND ((try IS NULL) = (features IS NULL)) AND ((try IS NULL) = (price_version IS NULL)))),
  constraint decision_logs_experiment_check CHECK ((((experiment_id IS NULL) OR (try IS NOT NULL)) AND ((side IS NULL) OR (acted IS NOT NULL)) AND ((acted IS NULL) OR (experiment_id IS NOT NULL)))),
  constraint decision_logs_experiment_id_fkey FOREIGN KEY (experiment_id) REFERENCES policy_experiments(id),
  constraint decision_logs_kind_check CHECK ((kind = ANY (ARRAY['routing'::text, 'refinement_cycle'::text, 'escalation'::text, 'retry'::text, 'skip'::text]))),
  constraint decision_logs_mode_check CHECK ((mode = ANY (ARRAY['shadow'::text, 'on'::text]))),
  constraint decision_logs_pkey PRIMARY KEY (id),
  constraint decision_logs_policy_check CHECK ((policy = ANY (ARRAY['learned'::text, 'static'::text, 'fixed'::text]))),
  constraint decision_logs_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id),
  constraint decision_logs_side_check CHECK ((side = ANY (ARRAY['a'::text, 'b'::text]))),
  constraint decision_logs_try_check CHECK ((try > 0)),
  constraint decision_logs_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table degradations (
  id uuid not null,
  key text not null,
  feature text not null,
  because text not null,
  work_order_id uuid,
  metadata jsonb not null default '{}'::jsonb,
  since timestamp with time zone not null default clock_timestamp(),
  lapses_at timestamp with time zone,
  until timestamp with time zone,
  constraint degradations_pkey PRIMARY KEY (id),
  constraint degradations_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table drifts (
  id uuid not null,
  kind text not null,
  subject text not null,
  host text not null default ''::text,
  work_order_id uuid,
  what text not null,
  evidence text not null,
  repair text,
  is_safe boolean not null,
  found_at timestamp with time zone not null default clock_timestamp(),
  seen_at timestamp with time zone not null default clock_timestamp(),
  answer text,
  answered_by text,
  answered_at timestamp with time zone,
  tried_at timestamp with time zone,
  tries integer not null default 0,
  failure text,
  ended_at timestamp with time zone,
  end_state text,
  constraint drifts_answer_check CHECK ((answer = ANY (ARRAY['repair'::text, 'leave'::text]))),
  constraint drifts_check CHECK (((ended_at IS NULL) = (end_state IS NULL))),
  constraint drifts_check1 CHECK (((num_nulls(answer, answered_by, answered_at) % 3) = 0)),
  constraint drifts_end_state_check CHECK ((end_state = ANY (ARRAY['repaired'::text, 'gone'::text]))),
  constraint drifts_pkey PRIMARY KEY (id),
  constraint drifts_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table effects (
  id bigint not null generated always as identity,
  work_order_id uuid not null,
  run_id uuid not null,
  kind text not null,
  key text not null,
  state text not null,
  detail jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint effects_key_key UNIQUE (key),
  constraint effects_kind_check CHECK ((kind = ANY (ARRAY['worktree'::text, 'branch'::text, 'session'::text, 'push'::text, 'pull_request'::text, 'hold'::text]))),
  constraint effects_pkey PRIMARY KEY (id),
  constraint effects_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id),
  constraint effects_state_check CHECK ((state = ANY (ARRAY['intended'::text, 'done'::text, 'undone'::text, 'undo_failed'::text]))),
  constraint effects_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table error_days (
  day timestamp with time zone not null,
  failure_class failure_class not null,
  strategy text not null,
  errors bigint not null,
  recovered bigint not null,
  unrecovered bigint not null,
  recovery_ms bigint not null,
  constraint error_days_pkey PRIMARY KEY (day, failure_class, strategy)
);

create table error_events (
  id uuid not null,
  timestamp timestamp with time zone not null default clock_timestamp(),
  error_type text not null,
  severity text not null,
  component text not null,
  operation text not null,
  error_message text not null,
  stack text,
  failure_class failure_class not null,
  category text not null,
  work_order_id uuid,
  session_id uuid,
  step work_order_step,
  attempt integer,
  fingerprint text not null,
  recovery_strategy text,
  recovery_success boolean,
  retry_count integer not null default 0,
  resolution_time_ms bigint,
  metadata jsonb not null default '{}'::jsonb,
  run_id uuid,
  type text not null default 'process'::text,
  recoverability text not null default 'recoverable'::text,
  retryable boolean not null default false,
  fallback_available boolean not null default false,
  rule text,
  confidence double precision,
  resolved_at timestamp with time zone,
  machine jsonb,
  recorded_at timestamp with time zone default clock_timestamp(),
  constraint error_events_category_check CHECK ((category = ANY (ARRAY['transient'::text, 'permanent'::text, 'configuration'::text, 'external'::text]))),
  constraint error_events_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
  constraint error_events_pkey PRIMARY KEY (id),
  constraint error_events_recoverability_check CHECK ((recoverability = ANY (ARRAY['recoverable'::text, 'degradable'::text, 'fatal'::text]))),
  constraint error_events_severity_check CHECK ((severity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
  constraint error_events_type_check CHECK ((type = ANY (ARRAY['network'::text, 'process'::text, 'coordination'::text, 'resource'::text, 'validation'::text, 'timeout'::text])))
);

create table error_group_spans (
  hours integer not null,
  at timestamp with time zone not null,
  fingerprint text not null,
  failure_class failure_class not null,
  component text not null,
  code text not null,
  errors bigint not null,
  recovered bigint not null,
  unrecovered bigint not null,
  of_processes bigint not null,
  with_whole_evidence bigint not null,
  last_at timestamp with time zone not null,
  constraint error_group_spans_pkey PRIMARY KEY (hours, at, fingerprint, failure_class, component, code)
);

create table escalation_members (
  escalation_id uuid not null,
  work_order_id uuid not null,
  joined_at timestamp with time zone not null default clock_timestamp(),
  left_at timestamp with time zone,
  constraint escalation_members_escalation_id_fkey FOREIGN KEY (escalation_id) REFERENCES escalations(id),
  constraint escalation_members_pkey PRIMARY KEY (escalation_id, work_order_id),
  constraint escalation_members_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table escalations (
  id uuid not null,
  work_order_id uuid,
  failure_class failure_class not null,
  title text not null,
  context jsonb not null,
  options jsonb not null,
  recommended_option text,
  status text not null default 'open'::text,
  chosen_option text,
  resolved_by text,
  resolved_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  component text not null default 'pipeline'::text,
  operation text not null default 'run'::text,
  severity text not null default 'high'::text,
  code text,
  run_id uuid,
  group_key text,
  note text,
  makes_policy boolean not null default false,
  default_option text,
  default_at timestamp with time zone,
  reminders integer not null default 0,
  reminded_at timestamp with time zone,
  carry_out_failure text,
  resolution jsonb,
  updated_at timestamp with time zone not null default clock_timestamp(),
  owner text,
  owned_since timestamp with time zone,
  owners jsonb not null default '[]'::jsonb,
  constraint escalations_owner_since CHECK (((owner IS NULL) = (owned_since IS NULL))),
  constraint escalations_owners_list CHECK ((jsonb_typeof(owners) = 'array'::text)),
  constraint escalations_pkey PRIMARY KEY (id),
  constraint escalations_severity_check CHECK ((severity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text]))),
  constraint escalations_status_check CHECK ((status = ANY (ARRAY['open'::text, 'chosen'::text, 'resolved'::text, 'withdrawn'::text]))),
  constraint escalations_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table executors (
  id text not null,
  host text not null,
  pid integer not null,
  lock_backend integer not null,
  started_at timestamp with time zone not null default clock_timestamp(),
  heartbeat_at timestamp with time zone not null default clock_timestamp(),
  beats bigint not null default 0,
  takeovers integer not null default 0,
  taken_over_at timestamp with time zone,
  ended_at timestamp with time zone,
  machine text not null default ''::text,
  labels text[] not null default '{}'::text[],
  draining_since timestamp with time zone,
  abilities jsonb,
  pressure jsonb,
  constraint executors_pkey PRIMARY KEY (id)
);

create table forecasts (
  id uuid not null,
  key text not null,
  signal text not null,
  component text not null,
  subject text not null,
  value double precision not null,
  threshold double precision not null,
  work_order_id uuid,
  message text not null,
  raised_at timestamp with time zone not null default clock_timestamp(),
  ended_at timestamp with time zone,
  came_true boolean,
  saved_nano_usd bigint not null default 0,
  constraint forecasts_pkey PRIMARY KEY (id),
  constraint forecasts_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table forge_hosts (
  host text not null,
  kind text not null,
  api_url text not null,
  credential jsonb not null,
  webhook_secret jsonb,
  paused_until timestamp with time zone,
  paused_because text,
  pauses integer not null default 0,
  next_write_at timestamp with time zone,
  limit_total integer,
  limit_remaining integer,
  limit_reset_at timestamp with time zone,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint forge_hosts_api_url_check CHECK ((api_url ~ '^https?://[^@?#]+$'::text)),
  constraint forge_hosts_credential_check CHECK ((jsonb_typeof(credential) = 'object'::text)),
  constraint forge_hosts_kind_check CHECK ((kind = ANY (ARRAY['github'::text, 'gitea'::text, 'gitlab'::text]))),
  constraint forge_hosts_pkey PRIMARY KEY (host),
  constraint forge_hosts_webhook_secret_check CHECK ((jsonb_typeof(webhook_secret) = 'object'::text))
);

create table forge_intakes (
  project_id uuid not null,
  host text not null,
  repository text not null,
  next_look_at timestamp with time zone not null default clock_timestamp(),
  looked_at timestamp with time zone,
  problem text,
  label text,
  constraint forge_intakes_pkey PRIMARY KEY (project_id),
  constraint forge_intakes_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);

create table forge_issues (
  project_id uuid not null,
  host text not null,
  repository text not null,
  number integer not null,
  url text not null,
  title text not null,
  author text not null,
  labelled_by text,
  state text not null default 'waiting'::text,
  because text,
  work_order_id uuid,
  told text,
  told_at timestamp with time zone,
  next_look_at timestamp with time zone,
  seen_at timestamp with time zone not null default clock_timestamp(),
  labelled_at timestamp with time zone,
  constraint forge_issues_pkey PRIMARY KEY (project_id, host, repository, number),
  constraint forge_issues_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint forge_issues_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'refused'::text, 'taken'::text]))),
  constraint forge_issues_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id) DEFERRABLE INITIALLY DEFERRED
);

create table gateway_keys (
  id uuid not null,
  key_hash bytea not null,
  work_order_id uuid,
  run_id uuid,
  session_id uuid,
  reservation_id uuid,
  service_name text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  stopped_reason text,
  constraint gateway_keys_check CHECK (((run_id IS NOT NULL) OR (reservation_id IS NOT NULL))),
  constraint gateway_keys_key_hash_key UNIQUE (key_hash),
  constraint gateway_keys_pkey PRIMARY KEY (id),
  constraint gateway_keys_reservation_id_fkey FOREIGN KEY (reservation_id) REFERENCES cost_tracking(id),
  constraint gateway_keys_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id),
  constraint gateway_keys_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id),
  constraint gateway_keys_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table gateways (
  id uuid not null,
  host text not null,
  started_at timestamp with time zone not null default clock_timestamp(),
  heartbeat_at timestamp with time zone not null default clock_timestamp(),
  suspected_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint gateways_pkey PRIMARY KEY (id)
);

create table idempotency_keys (
  actor text not null,
  key text not null,
  request_hash bytea not null,
  subject_id uuid not null,
  status integer,
  response jsonb,
  held_until timestamp with time zone,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint idempotency_keys_pkey PRIMARY KEY (actor, key)
);

create table invites (
  id uuid not null,
  hash bytea not null,
  person text not null,
  role text not null,
  created_by text not null,
  inviter_id uuid,
  created_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone not null,
  accepted_at timestamp with time zone,
  token_id uuid,
  revoked_at timestamp with time zone,
  constraint invites_check CHECK ((expires_at > created_at)),
  constraint invites_check1 CHECK (((accepted_at IS NULL) = (token_id IS NULL))),
  constraint invites_check2 CHECK (((accepted_at IS NULL) OR (revoked_at IS NULL))),
  constraint invites_hash_key UNIQUE (hash),
  constraint invites_inviter_id_fkey FOREIGN KEY (inviter_id) REFERENCES api_tokens(id),
  constraint invites_person_check CHECK ((person <> ''::text)),
  constraint invites_pkey PRIMARY KEY (id),
  constraint invites_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text]))),
  constraint invites_token_id_fkey FOREIGN KEY (token_id) REFERENCES api_tokens(id)
);

create table joint_groups (
  id uuid not null,
  size integer not null,
  limit_nano_usd bigint,
  created_at timestamp with time zone not null default clock_timestamp(),
  decided_at timestamp with time zone,
  outcome text,
  because text,
  constraint joint_groups_check CHECK (((num_nulls(decided_at, outcome, because) % 3) = 0)),
  constraint joint_groups_id_fkey FOREIGN KEY (id) REFERENCES work_orders(id),
  constraint joint_groups_limit_nano_usd_check CHECK ((limit_nano_usd > 0)),
  constraint joint_groups_outcome_check CHECK ((outcome = ANY (ARRAY['published'::text, 'cancelled'::text]))),
  constraint joint_groups_pkey PRIMARY KEY (id),
  constraint joint_groups_size_check CHECK (((size >= 2) AND (size <= 5)))
);

create table joint_members (
  work_order_id uuid not null,
  group_id uuid not null,
  number integer not null,
  passed_at timestamp with time zone,
  tree_sha text,
  constraint joint_members_check CHECK (((passed_at IS NULL) OR (tree_sha IS NOT NULL))),
  constraint joint_members_group_id_fkey FOREIGN KEY (group_id) REFERENCES joint_groups(id),
  constraint joint_members_group_id_number_key UNIQUE (group_id, number),
  constraint joint_members_number_check CHECK (((number >= 1) AND (number <= 5))),
  constraint joint_members_pkey PRIMARY KEY (work_order_id),
  constraint joint_members_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table learner_events (
  project_id uuid not null,
  ordinal bigint not null,
  event text not null,
  arm text not null,
  work_order_id uuid,
  try integer,
  kind text,
  cost_nano_usd bigint,
  is_explored boolean not null default false,
  task jsonb,
  cost_hint double precision,
  parent text,
  factor double precision,
  price_version text,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint learner_events_check CHECK (((work_order_id IS NULL) = (try IS NULL))),
  constraint learner_events_cost_nano_usd_check CHECK ((cost_nano_usd >= 0)),
  constraint learner_events_event_check CHECK ((event = ANY (ARRAY['arm'::text, 'price'::text, 'gone'::text, 'success'::text, 'failure'::text, 'provider_fault'::text, 'did_not_hold'::text, 'held_after_all'::text]))),
  constraint learner_events_factor_check CHECK ((factor > (0)::double precision)),
  constraint learner_events_ordinal_check CHECK ((ordinal > 0)),
  constraint learner_events_pkey PRIMARY KEY (project_id, ordinal),
  constraint learner_events_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint learner_events_try_check CHECK ((try > 0)),
  constraint learner_events_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table learners (
  project_id uuid not null,
  state jsonb not null,
  events bigint not null default 0,
  constraint learners_events_check CHECK ((events >= 0)),
  constraint learners_pkey PRIMARY KEY (project_id),
  constraint learners_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);

create table legal_transitions (
  kind text not null,
  from_value text not null,
  to_value text not null,
  constraint legal_transitions_kind_check CHECK ((kind = ANY (ARRAY['status'::text, 'step'::text, 'step_state'::text]))),
  constraint legal_transitions_pkey PRIMARY KEY (kind, from_value, to_value)
);

create table live_events (
  id bigint not null generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  at timestamp with time zone not null default clock_timestamp(),
  topic text not null,
  subject text,
  work_order_id uuid,
  detail jsonb not null default '{}'::jsonb,
  constraint live_events_pkey PRIMARY KEY (id),
  constraint live_events_topic_check CHECK ((topic = ANY (ARRAY['work_order'::text, 'error'::text, 'escalation'::text, 'session'::text, 'alert'::text, 'circuit'::text, 'degradation'::text, 'forecast'::text, 'setting'::text, 'spec'::text, 'schedule'::text])))
);

create table model_prices (
  provider text not null,
  model text not null,
  version text not null,
  ordinal bigint not null generated always as identity,
  effective_from timestamp with time zone not null default clock_timestamp(),
  steps jsonb,
  context_tokens integer,
  source text not null,
  created_by text not null default 'moose'::text,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint model_prices_check CHECK (((steps IS NOT NULL) OR (source = 'given'::text))),
  constraint model_prices_context_tokens_check CHECK ((context_tokens > 0)),
  constraint model_prices_pkey PRIMARY KEY (provider, model, version),
  constraint model_prices_source_check CHECK ((source = ANY (ARRAY['list'::text, 'given'::text, 'scripted'::text]))),
  constraint model_prices_steps_check CHECK (((jsonb_typeof(steps) = 'array'::text) AND (jsonb_array_length(steps) > 0)))
);

create table outbox (
  id bigint not null generated always as identity,
  key text not null,
  kind text not null,
  channel text not null,
  payload jsonb not null,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone not null default clock_timestamp(),
  last_failure text,
  created_at timestamp with time zone not null default clock_timestamp(),
  delivered_at timestamp with time zone,
  constraint outbox_key_key UNIQUE (key),
  constraint outbox_pkey PRIMARY KEY (id),
  constraint outbox_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text])))
);

create table outcome_days (
  day timestamp with time zone not null,
  model text not null,
  agent text not null,
  band text not null,
  failure_class failure_class,
  success boolean not null,
  cycles integer not null,
  attempts bigint not null,
  nano_usd bigint not null,
  duration_ms bigint not null,
  constraint outcome_days_band_check CHECK ((band = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text])))
);

create table outcome_vectors (
  id uuid not null,
  work_order_id uuid not null,
  run_id uuid not null,
  success boolean not null,
  model text,
  agent text not null,
  complexity double precision not null,
  features jsonb not null,
  cost_nano_usd bigint not null,
  duration_ms bigint not null,
  refinement_cycles integer not null,
  failure_class failure_class,
  error_context jsonb,
  created_at timestamp with time zone not null default now(),
  fault text,
  try integer not null default 1,
  arm text,
  judged_by text,
  judged_at timestamp with time zone,
  is_attempt boolean not null default true,
  counts boolean,
  counts_because text,
  constraint outcome_vectors_fault_check CHECK ((fault = ANY (ARRAY['work'::text, 'time'::text, 'passing'::text, 'provider'::text, 'setting'::text, 'money'::text, 'person'::text]))),
  constraint outcome_vectors_judged_by_check CHECK ((judged_by = ANY (ARRAY['run'::text, 'nothing'::text, 'checks'::text, 'ci'::text, 'close'::text, 'undo'::text, 'merge'::text, 'revert'::text]))),
  constraint outcome_vectors_pkey PRIMARY KEY (id),
  constraint outcome_vectors_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id),
  constraint outcome_vectors_run_id_try_key UNIQUE (run_id, try),
  constraint outcome_vectors_try_check CHECK ((try > 0)),
  constraint outcome_vectors_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table pattern_confidence_scores (
  id uuid not null,
  model text not null,
  failure_class failure_class,
  band text,
  kind text,
  language text,
  word text,
  attempts integer not null,
  failures integer not null,
  low double precision not null,
  high double precision not null,
  other_attempts integer not null,
  other_failures integer not null,
  chance double precision not null,
  corrected double precision not null,
  computed_at timestamp with time zone not null,
  constraint pattern_confidence_scores_attempts_check CHECK ((attempts > 0)),
  constraint pattern_confidence_scores_band_check CHECK ((band = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text]))),
  constraint pattern_confidence_scores_check CHECK (((failures >= 0) AND (failures <= attempts))),
  constraint pattern_confidence_scores_pkey PRIMARY KEY (id)
);

create table plannings (
  id uuid not null,
  spec_id uuid not null,
  project_id uuid not null,
  state text not null default 'asked'::text,
  model text not null,
  limit_nano_usd bigint not null,
  reservation_id uuid,
  base_branch text,
  base_sha text,
  calls integer not null default 0,
  rounds integer not null default 0,
  failure jsonb,
  asked_by text not null,
  asked_at timestamp with time zone not null default clock_timestamp(),
  ended_at timestamp with time zone,
  starts integer not null default 0,
  declined jsonb not null default '{}'::jsonb,
  declined_since timestamp with time zone,
  answer jsonb,
  remark text,
  run_for text,
  decided_at timestamp with time zone,
  approving_version integer,
  requested_by text,
  constraint plannings_limit_nano_usd_check CHECK ((limit_nano_usd > 0)),
  constraint plannings_pkey PRIMARY KEY (id),
  constraint plannings_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint plannings_spec_id_fkey FOREIGN KEY (spec_id) REFERENCES specs(id),
  constraint plannings_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'working'::text, 'planned'::text, 'failed'::text, 'cancelled'::text])))
);

create table policy_experiments (
  id uuid not null,
  project_id uuid not null,
  policy_a text not null,
  policy_b text not null,
  share_of_a double precision not null,
  value_nano_usd bigint not null,
  cap_nano_usd bigint not null,
  state text not null default 'running'::text,
  created_by text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  ended_by text,
  ended_at timestamp with time zone,
  result jsonb,
  constraint policy_experiments_cap_nano_usd_check CHECK ((cap_nano_usd > 0)),
  constraint policy_experiments_check CHECK ((policy_b <> policy_a)),
  constraint policy_experiments_check1 CHECK (((state = 'running'::text) = (ended_at IS NULL))),
  constraint policy_experiments_check2 CHECK ((((ended_at IS NULL) = (ended_by IS NULL)) AND ((ended_at IS NULL) = (result IS NULL)))),
  constraint policy_experiments_pkey PRIMARY KEY (id),
  constraint policy_experiments_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint policy_experiments_share_of_a_check CHECK (((share_of_a > (0)::double precision) AND (share_of_a < (1)::double precision))),
  constraint policy_experiments_state_check CHECK ((state = ANY (ARRAY['running'::text, 'decided'::text, 'capped'::text, 'stopped'::text]))),
  constraint policy_experiments_value_nano_usd_check CHECK ((value_nano_usd >= 0))
);

create table progress_observations (
  work_order_id uuid not null,
  output_bytes jsonb not null default '{}'::jsonb,
  trees jsonb not null default '[]'::jsonb,
  progressed_at timestamp with time zone,
  progress text,
  observed_at timestamp with time zone not null default clock_timestamp(),
  escalated_at timestamp with time zone,
  constraint progress_observations_pkey PRIMARY KEY (work_order_id),
  constraint progress_observations_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table project_variables (
  project_id uuid not null,
  name text not null,
  is_secret boolean not null,
  audiences text[] not null,
  key_id text not null,
  sealed bytea not null,
  changed_by text not null,
  changed_at timestamp with time zone not null default now(),
  constraint project_variables_audiences_check CHECK (((audiences <@ '{setup,checks,agents}'::text[]) AND (cardinality(audiences) > 0))),
  constraint project_variables_key_id_check CHECK ((key_id ~ '^[0-9a-f]{16}$'::text)),
  constraint project_variables_name_check CHECK ((name ~ '^[A-Za-z_][A-Za-z0-9_]{0,127}$'::text)),
  constraint project_variables_pkey PRIMARY KEY (project_id, name),
  constraint project_variables_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint project_variables_sealed_check CHECK (((octet_length(sealed) >= 29) AND (octet_length(sealed) <= 40000)))
);

create table projects (
  id uuid not null,
  name text not null,
  repository_path text,
  settings jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  remote_url text,
  remote_address text,
  default_branch text,
  removed_at timestamp with time zone,
  constraint projects_name_key UNIQUE (name),
  constraint projects_pkey PRIMARY KEY (id),
  constraint projects_place CHECK ((num_nonnulls(repository_path, remote_url) = 1)),
  constraint projects_remote CHECK (((remote_url IS NULL) = (remote_address IS NULL))),
  constraint projects_remote_address_check CHECK ((remote_address !~ '://[^/]*:[^/@]*@'::text)),
  constraint projects_remote_url_check CHECK (((remote_url ~ '^(https?|ssh|file)://'::text) AND (remote_url !~ '://[^/]*:[^/@]*@'::text))),
  constraint projects_remote_url_key UNIQUE (remote_url),
  constraint projects_repository_path_key UNIQUE (repository_path)
);

create table pull_request_remarks (
  project_id uuid not null,
  host text not null,
  repository text not null,
  number integer not null,
  key text not null,
  kind text not null,
  author text not null,
  may_write boolean,
  body text not null,
  judgement text,
  sha text,
  path text,
  line integer,
  thread_id text,
  is_resolved boolean not null default false,
  url text,
  written_at timestamp with time zone not null,
  edited_at timestamp with time zone not null,
  state text not null default 'new'::text,
  because text,
  answered_sha text,
  seen_at timestamp with time zone not null default clock_timestamp(),
  acted_at timestamp with time zone,
  request_id text,
  sent_sha text,
  follow_up_id uuid,
  constraint pull_request_remarks_follow_up_id_fkey FOREIGN KEY (follow_up_id) REFERENCES work_orders(id) DEFERRABLE INITIALLY DEFERRED,
  constraint pull_request_remarks_judgement_check CHECK ((judgement = ANY (ARRAY['approved'::text, 'changes_requested'::text, 'commented'::text, 'dismissed'::text]))),
  constraint pull_request_remarks_kind_check CHECK ((kind = ANY (ARRAY['comment'::text, 'review'::text, 'line'::text]))),
  constraint pull_request_remarks_pkey PRIMARY KEY (project_id, host, repository, number, key),
  constraint pull_request_remarks_project_id_host_repository_number_fkey FOREIGN KEY (project_id, host, repository, number) REFERENCES pull_requests(project_id, host, repository, number) ON DELETE CASCADE,
  constraint pull_request_remarks_state_check CHECK ((state = ANY (ARRAY['new'::text, 'ignored'::text, 'command'::text, 'sent'::text, 'answered'::text])))
);

create table pull_requests (
  project_id uuid not null,
  number integer not null,
  work_order_id uuid not null,
  title text not null,
  body text not null,
  head_branch text not null,
  head_sha text not null,
  base_branch text not null,
  base_sha text not null,
  state text not null default 'open'::text,
  merged_sha text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  host text not null default 'local'::text,
  repository text not null default ''::text,
  url text,
  is_draft boolean not null default false,
  mergeable boolean,
  verdict text,
  verdict_sha text,
  verdict_at timestamp with time zone,
  checks jsonb not null default '[]'::jsonb,
  waiting_for text,
  merge_queued_at timestamp with time zone,
  looked_at timestamp with time zone,
  next_look_at timestamp with time zone,
  looks_unchanged integer not null default 0,
  remarks_read_to timestamp with time zone,
  reverted_sha text,
  pushed_at timestamp with time zone,
  followed jsonb not null default '{}'::jsonb,
  merge_asked_at timestamp with time zone,
  constraint pull_requests_checks_check CHECK ((jsonb_typeof(checks) = 'array'::text)),
  constraint pull_requests_followed_check CHECK ((jsonb_typeof(followed) = 'object'::text)),
  constraint pull_requests_pkey PRIMARY KEY (project_id, host, repository, number),
  constraint pull_requests_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint pull_requests_state_check CHECK ((state = ANY (ARRAY['open'::text, 'merged'::text, 'closed'::text]))),
  constraint pull_requests_verdict_check CHECK ((verdict = ANY (ARRAY['green'::text, 'red'::text, 'running'::text, 'none'::text]))),
  constraint pull_requests_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table push_key (
  is_only boolean not null default true,
  public_key text not null,
  sealed bytea not null,
  key_id text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint push_key_is_only_check CHECK (is_only),
  constraint push_key_pkey PRIMARY KEY (is_only)
);

create table push_subscriptions (
  id uuid not null,
  person text not null,
  token_id uuid not null,
  session_id uuid,
  endpoint text not null,
  p256dh bytea not null,
  auth bytea not null,
  browser text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  renewed_at timestamp with time zone not null default clock_timestamp(),
  last_success_at timestamp with time zone,
  failures integer not null default 0,
  last_failure text,
  constraint push_subscriptions_auth_check CHECK ((length(auth) = 16)),
  constraint push_subscriptions_endpoint_check CHECK ((length(endpoint) <= 2000)),
  constraint push_subscriptions_endpoint_key UNIQUE (endpoint),
  constraint push_subscriptions_failures_check CHECK ((failures >= 0)),
  constraint push_subscriptions_p256dh_check CHECK ((length(p256dh) = 65)),
  constraint push_subscriptions_person_check CHECK ((person <> ''::text)),
  constraint push_subscriptions_pkey PRIMARY KEY (id),
  constraint push_subscriptions_token_id_fkey FOREIGN KEY (token_id) REFERENCES api_tokens(id)
);

create table rolled_days (
  topic text not null,
  day timestamp with time zone not null,
  rolled_at timestamp with time zone not null default clock_timestamp(),
  constraint rolled_days_pkey PRIMARY KEY (topic, day),
  constraint rolled_days_topic_check CHECK ((topic = ANY (ARRAY['errors'::text, 'costs'::text, 'outcomes'::text])))
);

create table routing_exclusions (
  id uuid not null,
  project_id uuid,
  model text not null,
  band text,
  kind text,
  language text,
  word text,
  because text not null default ''::text,
  created_by text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  revoked_by text,
  revoked_at timestamp with time zone,
  constraint routing_exclusions_band_check CHECK ((band = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text]))),
  constraint routing_exclusions_check CHECK (((band IS NOT NULL) OR (kind IS NOT NULL) OR (language IS NOT NULL) OR (word IS NOT NULL))),
  constraint routing_exclusions_check1 CHECK (((revoked_by IS NULL) = (revoked_at IS NULL))),
  constraint routing_exclusions_pkey PRIMARY KEY (id),
  constraint routing_exclusions_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id)
);

create table runs (
  id uuid not null,
  work_order_id uuid not null,
  number integer not null,
  kind text not null,
  first_step work_order_step,
  state text not null default 'running'::text,
  outcome text,
  fence integer not null default 0,
  executor text,
  starts integer not null default 0,
  leg integer not null default 0,
  cycle integer not null default 0,
  step_attempt integer not null default 0,
  waiting_for text,
  wake_at timestamp with time zone,
  settings jsonb not null default '{}'::jsonb,
  reservation_id uuid,
  created_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone,
  paused_by text,
  paused_at timestamp with time zone,
  pauses integer not null default 0,
  declined_since timestamp with time zone,
  declined_by text[] not null default '{}'::text[],
  declines integer not null default 0,
  constraint runs_kind_check CHECK ((kind = ANY (ARRAY['work'::text, 'undo'::text]))),
  constraint runs_pkey PRIMARY KEY (id),
  constraint runs_state_check CHECK ((state = ANY (ARRAY['running'::text, 'ended'::text]))),
  constraint runs_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id),
  constraint runs_work_order_id_number_key UNIQUE (work_order_id, number)
);

create table schedule_changes (
  id bigint not null generated always as identity,
  schedule_id uuid not null,
  changed_at timestamp with time zone not null default clock_timestamp(),
  changed_by text not null,
  fields jsonb not null,
  constraint schedule_changes_fields_check CHECK (((jsonb_typeof(fields) = 'array'::text) AND (fields <> '[]'::jsonb))),
  constraint schedule_changes_pkey PRIMARY KEY (id),
  constraint schedule_changes_schedule_id_fkey FOREIGN KEY (schedule_id) REFERENCES schedules(id)
);

create table schedule_runs (
  schedule_id uuid not null,
  due_at timestamp with time zone not null,
  outcome text not null,
  work_order_id uuid,
  asked_by text,
  instants integer not null default 1,
  first_due_at timestamp with time zone,
  because text,
  decided_at timestamp with time zone not null default clock_timestamp(),
  constraint schedule_runs_check CHECK (((outcome = 'submitted'::text) = (work_order_id IS NOT NULL))),
  constraint schedule_runs_check1 CHECK (((outcome = 'missed'::text) = (first_due_at IS NOT NULL))),
  constraint schedule_runs_check2 CHECK (((outcome = 'missed'::text) OR (instants = 1))),
  constraint schedule_runs_instants_check CHECK ((instants > 0)),
  constraint schedule_runs_outcome_check CHECK ((outcome = ANY (ARRAY['submitted'::text, 'waiting'::text, 'skipped'::text, 'missed'::text, 'refused'::text]))),
  constraint schedule_runs_pkey PRIMARY KEY (schedule_id, due_at),
  constraint schedule_runs_schedule_id_fkey FOREIGN KEY (schedule_id) REFERENCES schedules(id),
  constraint schedule_runs_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id),
  constraint schedule_runs_work_order_id_key UNIQUE (work_order_id)
);

create table schedules (
  id uuid not null,
  name text not null,
  project_id uuid not null,
  template jsonb not null,
  cron text not null,
  time_zone text not null,
  limit_nano_usd bigint not null,
  when_open text not null default 'skip'::text,
  catch_up_ms bigint not null,
  created_by text not null,
  requested_by text not null,
  token_id uuid,
  created_at timestamp with time zone not null default clock_timestamp(),
  next_due_at timestamp with time zone,
  streak_from timestamp with time zone not null default clock_timestamp(),
  paused_at timestamp with time zone,
  paused_by text,
  paused_because text,
  removed_at timestamp with time zone,
  removed_by text,
  constraint schedules_catch_up_ms_check CHECK ((catch_up_ms >= 60000)),
  constraint schedules_check CHECK (((next_due_at IS NULL) = ((paused_at IS NOT NULL) OR (removed_at IS NOT NULL)))),
  constraint schedules_check1 CHECK (((paused_at IS NULL) = (paused_by IS NULL))),
  constraint schedules_check2 CHECK (((removed_at IS NULL) = (removed_by IS NULL))),
  constraint schedules_cron_check CHECK ((cron <> ''::text)),
  constraint schedules_limit_nano_usd_check CHECK ((limit_nano_usd > 0)),
  constraint schedules_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$'::text)),
  constraint schedules_pkey PRIMARY KEY (id),
  constraint schedules_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint schedules_time_zone_check CHECK ((time_zone <> ''::text)),
  constraint schedules_token_id_fkey FOREIGN KEY (token_id) REFERENCES api_tokens(id),
  constraint schedules_when_open_check CHECK ((when_open = ANY (ARRAY['skip'::text, 'queue'::text])))
);

create table schema_migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migrations_pkey PRIMARY KEY (version)
);

create table session_output (
  session_id uuid not null,
  stream text not null,
  start_byte bigint not null,
  end_byte bigint not null,
  text text not null,
  constraint session_output_check CHECK ((end_byte > start_byte)),
  constraint session_output_pkey PRIMARY KEY (session_id, stream, start_byte),
  constraint session_output_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions(id) ON DELETE CASCADE,
  constraint session_output_start_byte_check CHECK ((start_byte >= 0)),
  constraint session_output_stream_check CHECK ((stream = ANY (ARRAY['stdout'::text, 'stderr'::text]))),
  constraint session_output_text_check CHECK ((octet_length(text) <= 1048576))
);

create table sessions (
  id uuid not null,
  work_order_id uuid not null,
  run_id uuid not null,
  purpose text not null,
  name text not null,
  cycle integer not null,
  attempt integer not null,
  host text not null,
  directory text not null,
  command text not null,
  state text not null,
  handle jsonb,
  exit_code integer,
  signal text,
  end_reason text,
  created_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  isolation text not null default 'none'::text,
  unreachable_since timestamp with time zone,
  time_limit_ms integer,
  egress text,
  refused jsonb,
  ready_at timestamp with time zone,
  preview_url text,
  machine text not null default ''::text,
  way text,
  reported_input_tokens bigint,
  reported_output_tokens bigint,
  notional_nano_usd bigint,
  login_back_at timestamp with time zone,
  image text,
  powers jsonb,
  viewer text,
  constraint sessions_egress_check CHECK ((egress = ANY (ARRAY['none'::text, 'gateway'::text, 'listed'::text, 'open'::text]))),
  constraint sessions_isolation_check CHECK ((isolation = ANY (ARRAY['files'::text, 'network'::text, 'none'::text]))),
  constraint sessions_notional_nano_usd_check CHECK ((notional_nano_usd >= 0)),
  constraint sessions_pkey PRIMARY KEY (id),
  constraint sessions_purpose_check CHECK ((purpose = ANY (ARRAY['agent'::text, 'check'::text, 'service'::text]))),
  constraint sessions_reported_input_tokens_check CHECK ((reported_input_tokens >= 0)),
  constraint sessions_reported_output_tokens_check CHECK ((reported_output_tokens >= 0)),
  constraint sessions_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id),
  constraint sessions_run_id_purpose_name_cycle_attempt_key UNIQUE (run_id, purpose, name, cycle, attempt),
  constraint sessions_state_check CHECK ((state = ANY (ARRAY['intended'::text, 'running'::text, 'exited'::text, 'stopped'::text, 'lost'::text]))),
  constraint sessions_way_check CHECK ((way = ANY (ARRAY['gateway'::text, 'login'::text]))),
  constraint sessions_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table sign_ins (
  hash bytea not null,
  return_to text not null,
  expires_at timestamp with time zone not null,
  constraint sign_ins_pkey PRIMARY KEY (hash)
);

create table spec_plans (
  id uuid not null,
  spec_id uuid not null,
  version integer not null,
  plan jsonb not null,
  problems jsonb not null,
  planning_id uuid,
  made_by text not null,
  because text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  is_aside boolean not null default false,
  constraint spec_plans_pkey PRIMARY KEY (id),
  constraint spec_plans_planning_id_fkey FOREIGN KEY (planning_id) REFERENCES plannings(id),
  constraint spec_plans_spec_id_fkey FOREIGN KEY (spec_id) REFERENCES specs(id),
  constraint spec_plans_spec_id_version_key UNIQUE (spec_id, version)
);

create table specs (
  id uuid not null,
  project_id uuid,
  name text not null,
  content text not null,
  estimate jsonb not null,
  created_by text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  run_state text,
  approved_version integer,
  approved_by text,
  approved_at timestamp with time zone,
  run_changed_by text,
  run_changed_at timestamp with time zone,
  constraint specs_approved_check CHECK (((num_nulls(run_state, approved_version, approved_by, approved_at, run_changed_by, run_changed_at) % 6) = 0)),
  constraint specs_approved_plan FOREIGN KEY (id, approved_version) REFERENCES spec_plans(spec_id, version),
  constraint specs_pkey PRIMARY KEY (id),
  constraint specs_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint specs_run_state_check CHECK ((run_state = ANY (ARRAY['approved'::text, 'running'::text, 'paused'::text, 'done'::text, 'cancelled'::text])))
);

create table spending_limits (
  kind text not null,
  subject text not null,
  daily_nano_usd bigint,
  monthly_nano_usd bigint,
  set_by text not null,
  set_at timestamp with time zone not null default clock_timestamp(),
  constraint spending_limits_check CHECK (((daily_nano_usd IS NOT NULL) OR (monthly_nano_usd IS NOT NULL))),
  constraint spending_limits_daily_nano_usd_check CHECK ((daily_nano_usd >= 0)),
  constraint spending_limits_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'project'::text]))),
  constraint spending_limits_monthly_nano_usd_check CHECK ((monthly_nano_usd >= 0)),
  constraint spending_limits_pkey PRIMARY KEY (kind, subject),
  constraint spending_limits_subject_check CHECK ((subject <> ''::text))
);

create table stale_days (
  topic text not null,
  day timestamp with time zone not null
);

create table step_results (
  run_id uuid not null,
  work_order_id uuid not null,
  step work_order_step not null,
  cycle integer not null,
  result jsonb not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone not null default clock_timestamp(),
  constraint step_results_pkey PRIMARY KEY (run_id, step, cycle),
  constraint step_results_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(id),
  constraint step_results_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table system_alerts (
  id uuid not null,
  severity text not null,
  component text not null,
  message text not null,
  metadata jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  resolved_at timestamp with time zone,
  key text,
  operation text not null default 'run'::text,
  code text,
  times integer not null default 1,
  last_seen_at timestamp with time zone not null default clock_timestamp(),
  resolved_by text,
  constraint system_alerts_pkey PRIMARY KEY (id),
  constraint system_alerts_severity_check CHECK ((severity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text, 'critical'::text])))
);

create table system_config (
  key text not null,
  value jsonb not null,
  updated_by text not null default 'moose'::text,
  updated_at timestamp with time zone not null default now(),
  constraint system_config_pkey PRIMARY KEY (key)
);

create table system_config_history (
  key text not null,
  version integer not null,
  value jsonb,
  changed_by text not null,
  changed_at timestamp with time zone not null default clock_timestamp(),
  constraint system_config_history_pkey PRIMARY KEY (key, version)
);

create table upkeep_turns (
  job text not null,
  ran_at timestamp with time zone not null,
  ran_by text not null,
  constraint upkeep_turns_pkey PRIMARY KEY (job)
);

create table web_sessions (
  id uuid not null,
  hash bytea not null,
  token_id uuid not null,
  user_agent text not null default ''::text,
  created_at timestamp with time zone not null default clock_timestamp(),
  last_seen_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  is_brief boolean not null default false,
  constraint web_sessions_hash_key UNIQUE (hash),
  constraint web_sessions_pkey PRIMARY KEY (id),
  constraint web_sessions_token_id_fkey FOREIGN KEY (token_id) REFERENCES api_tokens(id)
);

create table webhook_deliveries (
  id text not null,
  source text not null,
  event text not null,
  payload jsonb not null,
  state text not null default 'waiting'::text,
  retry_count integer not null default 0,
  next_attempt_at timestamp with time zone not null default clock_timestamp(),
  work_order_id uuid,
  failure text,
  received_at timestamp with time zone not null default clock_timestamp(),
  processed_at timestamp with time zone,
  body_sha256 bytea,
  constraint webhook_deliveries_pkey PRIMARY KEY (id),
  constraint webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'ignored'::text, 'failed'::text]))),
  constraint webhook_deliveries_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table work_order_dependencies (
  work_order_id uuid not null,
  depends_on uuid not null,
  met_at timestamp with time zone,
  how text not null default 'branch'::text,
  constraint work_order_dependencies_check CHECK ((work_order_id <> depends_on)),
  constraint work_order_dependencies_depends_on_fkey FOREIGN KEY (depends_on) REFERENCES work_orders(id),
  constraint work_order_dependencies_how_check CHECK ((how = ANY (ARRAY['branch'::text, 'within'::text, 'merge'::text]))),
  constraint work_order_dependencies_pkey PRIMARY KEY (work_order_id, depends_on),
  constraint work_order_dependencies_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table work_order_estimates (
  spec_id uuid not null,
  version integer not null,
  plan_key text not null,
  kind text not null,
  complexity double precision not null,
  low_nano_usd bigint not null,
  mid_nano_usd bigint not null,
  high_nano_usd bigint not null,
  basis text not null,
  sample integer not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint work_order_estimates_basis_check CHECK ((basis = ANY (ARRAY['kind'::text, 'complexity'::text, 'all'::text, 'policy'::text]))),
  constraint work_order_estimates_check CHECK ((mid_nano_usd >= low_nano_usd)),
  constraint work_order_estimates_check1 CHECK ((high_nano_usd >= mid_nano_usd)),
  constraint work_order_estimates_low_nano_usd_check CHECK ((low_nano_usd >= 0)),
  constraint work_order_estimates_pkey PRIMARY KEY (spec_id, version, plan_key),
  constraint work_order_estimates_spec_id_fkey FOREIGN KEY (spec_id) REFERENCES specs(id)
);

create table work_order_events (
  id bigint not null generated always as identity,
  work_order_id uuid not null,
  at timestamp with time zone not null default clock_timestamp(),
  kind text not null,
  from_state jsonb,
  to_state jsonb,
  actor text not null,
  reason text not null default ''::text,
  detail jsonb not null default '{}'::jsonb,
  fact_key text,
  constraint work_order_events_pkey PRIMARY KEY (id),
  constraint work_order_events_work_order_id_fact_key_key UNIQUE (work_order_id, fact_key),
  constraint work_order_events_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

create table work_orders (
  id uuid not null,
  project_id uuid not null,
  title text not null,
  description text not null default ''::text,
  acceptance text not null default ''::text,
  status work_order_status not null default 'pending'::work_order_status,
  step work_order_step,
  step_state work_order_step_state,
  failure_class failure_class,
  failure jsonb,
  run integer not null default 0,
  settings jsonb not null default '{}'::jsonb,
  limit_nano_usd bigint,
  time_limit_ms integer not null,
  base_branch text,
  base_sha text,
  branch text,
  pull_request_url text,
  agent_runs integer not null default 0,
  model_calls integer not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  cost_nano_usd bigint not null default 0,
  refinement_cycles integer not null default 0,
  refinement_cycles_max integer not null default 3,
  progressed_at timestamp with time zone,
  agent_runs_at_progress integer not null default 0,
  model_calls_at_progress integer not null default 0,
  cost_at_progress_nano_usd bigint not null default 0,
  is_scripted boolean not null default false,
  cancel_requested_at timestamp with time zone,
  parked_at timestamp with time zone,
  parked_because text,
  changed_by text not null,
  changed_because text not null default ''::text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  metadata jsonb not null default '{}'::jsonb,
  recovery_attempts integer not null default 0,
  recoveries jsonb not null default '[]'::jsonb,
  retry_budget jsonb,
  wasted_nano_usd bigint not null default 0,
  held_by text,
  held_at timestamp with time zone,
  needs_approval boolean not null default false,
  approved_by text,
  approved_at timestamp with time zone,
  is_verified boolean,
  not_verified_because text,
  spec_id uuid,
  plan_key text,
  waits_for integer not null default 0,
  estimate_low_nano_usd bigint,
  estimate_high_nano_usd bigint,
  stacked_on uuid,
  requested_by text not null default ''::text,
  constraint work_orders_approved_check CHECK (((approved_by IS NULL) = (approved_at IS NULL))),
  constraint work_orders_check CHECK (((status <> 'completed'::work_order_status) OR (step_state = 'done'::work_order_step_state))),
  constraint work_orders_check1 CHECK (((status <> 'in_progress'::work_order_status) OR (step IS NOT NULL))),
  constraint work_orders_estimate_check CHECK (((num_nulls(estimate_low_nano_usd, estimate_high_nano_usd) <> 1) AND (estimate_low_nano_usd <= estimate_high_nano_usd))),
  constraint work_orders_held_check CHECK (((held_by IS NULL) = (held_at IS NULL))),
  constraint work_orders_limit_nano_usd_check CHECK ((limit_nano_usd > 0)),
  constraint work_orders_not_verified CHECK (((is_verified IS FALSE) = (not_verified_because IS NOT NULL))),
  constraint work_orders_pkey PRIMARY KEY (id),
  constraint work_orders_planned_check CHECK (((plan_key IS NULL) OR (spec_id IS NOT NULL))),
  constraint work_orders_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects(id),
  constraint work_orders_requested CHECK ((requested_by <> ''::text)),
  constraint work_orders_spec_id_fkey FOREIGN KEY (spec_id) REFERENCES specs(id),
  constraint work_orders_stacked_on_fkey FOREIGN KEY (stacked_on) REFERENCES work_orders(id),
  constraint work_orders_time_limit_ms_check CHECK ((time_limit_ms > 0)),
  constraint work_orders_title_check CHECK (((length(title) >= 1) AND (length(title) <= 500))),
  constraint work_orders_waits_for_check CHECK ((waits_for >= 0))
);

create table worktree_slots (
  host text not null,
  slot integer not null,
  work_order_id uuid not null,
  taken_at timestamp with time zone not null default now(),
  constraint worktree_slots_host_work_order_id_key UNIQUE (host, work_order_id),
  constraint worktree_slots_pkey PRIMARY KEY (host, slot),
  constraint worktree_slots_slot_check CHECK ((slot > 0)),
  constraint worktree_slots_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES work_orders(id)
);

CREATE UNIQUE INDEX answer_policies_one ON moose.answer_policies USING btree (COALESCE((project_id)::text, ''::text), failure_class, code) WHERE (revoked_at IS NULL);
CREATE UNIQUE INDEX api_tokens_login ON moose.api_tokens USING btree (issuer, subject) WHERE (issuer IS NOT NULL);
CREATE INDEX artifacts_newest ON moose.artifacts USING btree (work_order_id, kind, created_at DESC);
CREATE INDEX audit_log_at ON moose.audit_log USING btree (at);
CREATE INDEX budget_windows_frozen ON moose.budget_windows USING btree (key) WHERE is_frozen;
CREATE INDEX budget_windows_of_people ON moose.budget_windows USING btree (key) WHERE (key ~~ 'person%'::text);
CREATE INDEX call_bodies_created_at ON moose.call_bodies USING btree (created_at);
CREATE INDEX circuit_changes_key ON moose.circuit_changes USING btree (key, at DESC, id DESC);
CREATE UNIQUE INDEX cost_days_one ON moose.cost_days USING btree (day, model, COALESCE((project_id)::text, ''::text));
CREATE INDEX cost_tracking_architect ON moose.cost_tracking USING btree (created_at) WHERE ((type = 'reservation'::text) AND (service_name = 'architect'::text));
CREATE INDEX cost_tracking_created ON moose.cost_tracking USING brin (created_at) WITH (pages_per_range='32', autosummarize='on');
CREATE INDEX cost_tracking_gateway ON moose.cost_tracking USING btree (gateway_id) WHERE ((status = 'sent'::text) AND (gateway_id IS NOT NULL));
CREATE INDEX cost_tracking_open ON moose.cost_tracking USING btree (status) WHERE (status = ANY (ARRAY['held'::text, 'sent'::text]));
CREATE INDEX cost_tracking_reservation ON moose.cost_tracking USING btree (reservation_id) WHERE (reservation_id IS NOT NULL);
CREATE INDEX cost_tracking_session ON moose.cost_tracking USING btree (session_id, created_at) WHERE (session_id IS NOT NULL);
CREATE INDEX cost_tracking_settled ON moose.cost_tracking USING btree (settled_at) INCLUDE (status, actual_nano_usd, model, service_name, work_order_id, is_wasted) WHERE (type = 'actual'::text);
CREATE INDEX cost_tracking_work_order ON moose.cost_tracking USING btree (work_order_id, created_at);
CREATE INDEX decision_logs_experiment ON moose.decision_logs USING btree (experiment_id, id) WHERE (experiment_id IS NOT NULL);
CREATE INDEX decision_logs_spec ON moose.decision_logs USING btree (((input_context ->> 'spec_id'::text)), created_at) WHERE (agent_type = 'director'::text);
CREATE UNIQUE INDEX decision_logs_try ON moose.decision_logs USING btree (work_order_id, try) WHERE (try IS NOT NULL);
CREATE INDEX decision_logs_work_order ON moose.decision_logs USING btree (work_order_id, created_at);
CREATE UNIQUE INDEX degradations_one_open ON moose.degradations USING btree (key) WHERE (until IS NULL);
CREATE INDEX drifts_ended ON moose.drifts USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE UNIQUE INDEX drifts_open ON moose.drifts USING btree (kind, host, subject) WHERE (ended_at IS NULL);
CREATE INDEX effects_work_order ON moose.effects USING btree (work_order_id, id);
CREATE INDEX error_events_called ON moose.error_events USING btree (reverse("right"((id)::text, 12)) text_pattern_ops);
CREATE INDEX error_events_class ON moose.error_events USING btree (failure_class, "timestamp");
CREATE INDEX error_events_component ON moose.error_events USING btree (component, "timestamp");
CREATE INDEX error_events_fingerprint ON moose.error_events USING btree (fingerprint, "timestamp") INCLUDE (work_order_id);
CREATE INDEX error_events_resolved ON moose.error_events USING btree (resolved_at) INCLUDE (failure_class, recovery_success, resolution_time_ms) WHERE (resolved_at IS NOT NULL);
CREATE INDEX error_events_timestamp ON moose.error_events USING btree ("timestamp") INCLUDE (failure_class, recovery_strategy, recovery_success, resolution_time_ms);
CREATE INDEX error_events_type ON moose.error_events USING btree (error_type, "timestamp");
CREATE INDEX error_events_unresolved ON moose.error_events USING btree (run_id, step) WHERE (recovery_success IS NULL);
CREATE INDEX error_events_work_order ON moose.error_events USING btree (work_order_id, "timestamp") INCLUDE (error_type);
CREATE INDEX escalation_members_work_order ON moose.escalation_members USING btree (work_order_id);
CREATE INDEX escalations_newest ON moose.escalations USING btree (created_at DESC, id DESC);
CREATE UNIQUE INDEX escalations_one_open ON moose.escalations USING btree (work_order_id) WHERE (status = 'open'::text);
CREATE UNIQUE INDEX escalations_one_open_per_group ON moose.escalations USING btree (group_key) WHERE ((status = ANY (ARRAY['open'::text, 'chosen'::text])) AND (group_key IS NOT NULL));
CREATE INDEX escalations_open_of_owner ON moose.escalations USING btree (owner) WHERE (status = ANY (ARRAY['open'::text, 'chosen'::text]));
CREATE INDEX escalations_status ON moose.escalations USING btree (status, created_at);
CREATE INDEX forecasts_ended ON moose.forecasts USING btree (key, ended_at);
CREATE UNIQUE INDEX forecasts_one_open ON moose.forecasts USING btree (key) WHERE (ended_at IS NULL);
CREATE INDEX forge_issues_due ON moose.forge_issues USING btree (next_look_at) WHERE (next_look_at IS NOT NULL);
CREATE INDEX forge_issues_work_order ON moose.forge_issues USING btree (work_order_id);
CREATE INDEX gateway_keys_run ON moose.gateway_keys USING btree (run_id);
CREATE INDEX gateway_keys_session ON moose.gateway_keys USING btree (session_id) WHERE (session_id IS NOT NULL);
CREATE INDEX idempotency_keys_created ON moose.idempotency_keys USING btree (created_at);
CREATE INDEX invites_created ON moose.invites USING btree (created_at);
CREATE UNIQUE INDEX learner_events_outcome ON moose.learner_events USING btree (work_order_id, try) WHERE (event = ANY (ARRAY['success'::text, 'failure'::text, 'provider_fault'::text]));
CREATE INDEX learner_events_work_order ON moose.learner_events USING btree (work_order_id, ordinal);
CREATE INDEX live_events_at ON moose.live_events USING btree (at);
CREATE INDEX live_events_xid ON moose.live_events USING btree (xid, id);
CREATE INDEX outbox_waiting ON moose.outbox USING btree (channel, id) WHERE (state = 'waiting'::text);
CREATE INDEX outcome_days_day ON moose.outcome_days USING btree (day);
CREATE INDEX outcome_vectors_created_at ON moose.outcome_vectors USING btree (created_at);
CREATE INDEX outcome_vectors_work_order ON moose.outcome_vectors USING btree (work_order_id, created_at, id) INCLUDE (cost_nano_usd);
CREATE INDEX pattern_confidence_scores_corrected ON moose.pattern_confidence_scores USING btree (corrected, chance);
CREATE UNIQUE INDEX plannings_one_open ON moose.plannings USING btree (spec_id) WHERE (ended_at IS NULL);
CREATE INDEX plannings_spec ON moose.plannings USING btree (spec_id, asked_at);
CREATE INDEX plannings_undecided ON moose.plannings USING btree (asked_at) WHERE ((state = 'planned'::text) AND (run_for IS NOT NULL) AND (decided_at IS NULL));
CREATE UNIQUE INDEX policy_experiments_one_at_a_time ON moose.policy_experiments USING btree (project_id) WHERE (state = 'running'::text);
CREATE INDEX pull_request_remarks_waiting ON moose.pull_request_remarks USING btree (project_id, state) WHERE (state = ANY (ARRAY['new'::text, 'sent'::text]));
CREATE INDEX pull_requests_due ON moose.pull_requests USING btree (next_look_at) WHERE (next_look_at IS NOT NULL);
CREATE INDEX pull_requests_head_branch ON moose.pull_requests USING btree (head_branch);
CREATE INDEX pull_requests_head_sha ON moose.pull_requests USING btree (head_sha);
CREATE UNIQUE INDEX pull_requests_open ON moose.pull_requests USING btree (project_id, host, repository, head_branch, base_branch) WHERE (state = 'open'::text);
CREATE INDEX pull_requests_work_order ON moose.pull_requests USING btree (work_order_id);
CREATE INDEX push_subscriptions_person ON moose.push_subscriptions USING btree (person);
CREATE INDEX push_subscriptions_session ON moose.push_subscriptions USING btree (session_id);
CREATE UNIQUE INDEX routing_exclusions_once ON moose.routing_exclusions USING btree (project_id, model, band, kind, language, word) NULLS NOT DISTINCT WHERE (revoked_at IS NULL);
CREATE UNIQUE INDEX runs_one_at_a_time ON moose.runs USING btree (work_order_id) WHERE (state = 'running'::text);
CREATE INDEX runs_paused ON moose.runs USING btree (paused_by) WHERE ((paused_by IS NOT NULL) AND (state = 'running'::text));
CREATE INDEX runs_queued ON moose.runs USING btree (created_at) WHERE ((state = 'running'::text) AND (executor IS NULL));
CREATE INDEX schedule_changes_schedule ON moose.schedule_changes USING btree (schedule_id, id DESC);
CREATE INDEX schedule_runs_decided ON moose.schedule_runs USING btree (decided_at) WHERE (outcome <> 'submitted'::text);
CREATE INDEX schedule_runs_tried ON moose.schedule_runs USING btree (schedule_id, due_at DESC) WHERE (outcome = ANY (ARRAY['submitted'::text, 'refused'::text]));
CREATE UNIQUE INDEX schedule_runs_waiting ON moose.schedule_runs USING btree (schedule_id) WHERE (outcome = 'waiting'::text);
CREATE INDEX schedules_due ON moose.schedules USING btree (next_due_at) WHERE (next_due_at IS NOT NULL);
CREATE UNIQUE INDEX schedules_name ON moose.schedules USING btree (lower(name)) WHERE (removed_at IS NULL);
CREATE INDEX sessions_by_login ON moose.sessions USING btree (host, name, created_at) WHERE (way = 'login'::text);
CREATE INDEX sessions_newest ON moose.sessions USING btree (created_at DESC, id DESC);
CREATE INDEX sessions_open ON moose.sessions USING btree (state) WHERE (state = ANY (ARRAY['intended'::text, 'running'::text]));
CREATE INDEX sessions_unreachable ON moose.sessions USING btree (host) WHERE (unreachable_since IS NOT NULL);
CREATE INDEX sessions_work_order ON moose.sessions USING btree (work_order_id, created_at);
CREATE INDEX sign_ins_expires ON moose.sign_ins USING btree (expires_at);
CREATE INDEX specs_created ON moose.specs USING btree (created_at, id);
CREATE INDEX specs_running ON moose.specs USING btree (id) WHERE (run_state = 'running'::text);
CREATE INDEX step_results_newest ON moose.step_results USING btree (work_order_id, step, finished_at DESC);
CREATE UNIQUE INDEX system_alerts_one_open ON moose.system_alerts USING btree (key) WHERE ((resolved_at IS NULL) AND (key IS NOT NULL));
CREATE INDEX system_alerts_open ON moose.system_alerts USING btree (created_at) WHERE (resolved_at IS NULL);
CREATE INDEX web_sessions_token ON moose.web_sessions USING btree (token_id);
CREATE UNIQUE INDEX webhook_deliveries_body ON moose.webhook_deliveries USING btree (source, body_sha256);
CREATE INDEX webhook_deliveries_waiting ON moose.webhook_deliveries USING btree (next_attempt_at) WHERE (state = 'waiting'::text);
CREATE INDEX work_order_dependencies_on ON moose.work_order_dependencies USING btree (depends_on);
CREATE INDEX work_order_dependencies_unmet ON moose.work_order_dependencies USING btree (depends_on) WHERE (met_at IS NULL);
CREATE INDEX work_order_events_order ON moose.work_order_events USING btree (work_order_id, id);
CREATE INDEX work_order_events_trends ON moose.work_order_events USING btree (at) WHERE (kind = ANY (ARRAY['model.answered'::text, 'step.finished'::text]));
CREATE INDEX work_orders_called ON moose.work_orders USING btree (reverse("right"((id)::text, 12)) text_pattern_ops);
CREATE INDEX work_orders_dearest ON moose.work_orders USING btree (cost_nano_usd DESC, id DESC);
CREATE INDEX work_orders_finished ON moose.work_orders USING btree (finished_at) INCLUDE (status, created_at);
CREATE INDEX work_orders_listed ON moose.work_orders USING btree (created_at DESC, id DESC) INCLUDE (project_id, status, step, failure_class, needs_approval, approved_at, updated_at, cost_nano_usd, title);
CREATE INDEX work_orders_movable ON moose.work_orders USING btree (spec_id) WHERE ((spec_id IS NOT NULL) AND ((status = ANY (ARRAY['in_progress'::work_order_status, 'needs_review'::work_order_status])) OR ((status = 'pending'::work_order_status) AND (waits_for = 0))));
CREATE UNIQUE INDEX work_orders_plan_key ON moose.work_orders USING btree (spec_id, plan_key) WHERE (spec_id IS NOT NULL);
CREATE INDEX work_orders_project ON moose.work_orders USING btree (project_id, created_at);
CREATE INDEX work_orders_stacked_on ON moose.work_orders USING btree (stacked_on) WHERE (stacked_on IS NOT NULL);
CREATE INDEX work_orders_status ON moose.work_orders USING btree (status, updated_at);
CREATE INDEX work_orders_touched ON moose.work_orders USING btree (updated_at DESC, id DESC);

CREATE OR REPLACE FUNCTION moose.alert_overrun(p_id uuid, p_overrun bigint, p_keys text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into system_alerts as a (id, key, severity, component, operation, code, message, metadata)
    values (gen_random_uuid(), 'budget.overrun', 'critical', 'budget', 'settle', 'BUDGET_OVERRUN',
      'A settlement is above its hold: the windows are frozen',
      jsonb_build_object('id', p_id, 'overrun_nano_usd', p_overrun, 'windows', p_keys))
    on conflict (key) where resolved_at is null and key is not null do update set
      times = a.times + 1, last_seen_at = clock_timestamp(), metadata = excluded.metadata
$function$;

CREATE OR REPLACE FUNCTION moose.began_at(p_local timestamp without time zone, p_zone text)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$
  select min(at) from generate_series(
    (p_local at time zone p_zone) - interval '3 hours', p_local at time zone p_zone, interval '15 minutes') as at
  where at at time zone p_zone >= p_local
$function$;

CREATE OR REPLACE FUNCTION moose.book_and_draw_calls(p_booked_ids uuid[], p_kinds text[], p_booked_nano_usd bigint[], p_usages jsonb[], p_ends jsonb[], p_call_ids uuid[], p_key_ids uuid[], p_key_hashes bytea[], p_gateway_ids uuid[], p_providers text[], p_models text[], p_wires text[], p_are_streams boolean[], p_nano_usd bigint[], p_input_tokens_max bigint[], p_output_tokens_max bigint[], p_price_versions text[])
 RETURNS TABLE(kind text, left_nano_usd bigint, open_nano_usd bigint, reason text)
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if try_lock_windows() then
    return query select b.answer, 0::bigint, 0::bigint, null::text
      from book_calls(p_booked_ids, p_kinds, p_booked_nano_usd, p_usages, p_ends) b;
  else
    return query select 'busy', 0::bigint, 0::bigint, null::text from unnest(p_booked_ids);
  end if;
  return query select d.kind, d.left_nano_usd, d.open_nano_usd, d.reason
    from draw_calls(p_call_ids, p_key_ids, p_key_hashes, p_gateway_ids, p_providers, p_models, p_wires, p_are_streams,
      p_nano_usd, p_input_tokens_max, p_output_tokens_max, p_price_versions) d;
end $function$;

CREATE OR REPLACE FUNCTION moose.book_call(p_call_id uuid, p_kind text, p_nano_usd bigint, p_usage jsonb, p_end jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  return case p_kind
    when 'shrink' then shrink_call(p_call_id, p_nano_usd)
    when 'settle' then settle_call(p_call_id, p_nano_usd, p_usage, p_end)
    when 'presume' then presume_call(p_call_id, p_usage, p_end)
    when 'void' then void_call(p_call_id, p_end)
  end;
end $function$;

CREATE OR REPLACE FUNCTION moose.book_calls(p_call_ids uuid[], p_kinds text[], p_nano_usd bigint[], p_usages jsonb[], p_ends jsonb[])
 RETURNS TABLE(answer text)
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_call record;
begin
  for n in 1 .. cardinality(p_call_ids) loop
    select c.id, c.work_order_id, c.reservation_id into v_call from cost_tracking c where c.id = p_call_ids[n];
    if lock_call_rows(v_call.work_order_id, v_call.reservation_id, null, v_call.id) then
      return query select case when book_call(p_call_ids[n], p_kinds[n], p_nano_usd[n], p_usages[n], p_ends[n])
        then 'done' else 'unchanged' end;
    else
      return query select 'busy';
    end if;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION moose.budget_windows_of(p_metadata jsonb, p_service_name text DEFAULT ''::text, p_at timestamp with time zone DEFAULT now())
 RETURNS TABLE(key text, limit_nano_usd bigint)
 LANGUAGE sql
 STABLE
AS $function$
  with setting as (
    select coalesce(max(value #>> '{}') filter (where c.key = 'budget.time_zone'), 'UTC') as zone,
      coalesce(max(value #>> '{}') filter (where c.key = 'budget.daily_limit_usd'), '100')::numeric as daily,
      coalesce(max(value #>> '{}') filter (where c.key = 'budget.monthly_limit_usd'), '500')::numeric as monthly
    from system_config c
  ),
  local_now as (
    select to_char(p_at at time zone zone, 'YYYY-MM-DD') as day, to_char(p_at at time zone zone, 'YYYY-MM') as month,
      daily, monthly from setting
  ),
  asker as (
    select name_of_actor(coalesce(
      (select requested_by from work_orders where id = (p_metadata ->> 'work_order_id')::uuid),
      p_metadata ->> 'asked_by')) as name
  ),
  limited as (
    select 'person' as kind, asker.name as subject, coalesce(own.daily_nano_usd, each.daily_nano_usd) as daily,
      coalesce(own.monthly_nano_usd, each.monthly_nano_usd) as monthly
    from asker left join spending_limits own on own.kind = 'person' and own.subject = asker.name
      left join spending_limits each on each.kind = 'person' and each.subject = '*'
    where asker.name is not null
    union all
    select kind, subject, daily_nano_usd, monthly_nano_usd from spending_limits
    where kind = 'project' and subject = p_metadata ->> 'project_id'
  )
  select candidates.key, candidates.nano_usd
  from (
    select 'month:' || month, (monthly * 1000000000)::bigint from local_now
    union all
    select 'day:' || day, (daily * 1000000000)::bigint from local_now where p_service_name <> 'architect'
    union all
    select 'project:' || (p_metadata ->> 'project_id'),
      (select ((settings ->> 'limit_usd')::numeric * 1000000000)::bigint from projects
        where id = (p_metadata ->> 'project_id')::uuid)
      where p_service_name <> 'architect'
    union all
    select 'work_order:' || (p_metadata ->> 'work_order_id'),
      (select limit_nano_usd from work_orders where id = (p_metadata ->> 'work_order_id')::uuid)
      where p_service_name <> 'architect'
    union all
    select kind || '_month:' || month || ':' || subject, limited.monthly from limited, local_now
    union all
    select kind || '_day:' || day || ':' || subject, limited.daily from limited, local_now
      where p_service_name <> 'architect'
  ) as candidates (key, nano_usd)
  where candidates.key is not null and candidates.nano_usd is not null
  order by candidates.key
$function$;

CREATE OR REPLACE FUNCTION moose.candidate_groups_decided_once()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if old.decided_at is not null then
    raise exception 'A group of candidates is decided about once' using errcode = 'MS004';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION moose.candidate_groups_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', c.work_order_id, c.work_order_id, jsonb_build_object('kind', 'candidates')
    from candidates c where c.group_id = new.id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.candidates_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', c.work_order_id, c.work_order_id, jsonb_build_object('kind', 'candidates')
    from candidates c where c.group_id = new.group_id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.change_envelope(p_id uuid, p_open bigint, p_spent bigint, p_presumed bigint, p_overrun bigint, p_call_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_before cost_tracking;
  v_after cost_tracking;
begin
  select * into v_before from cost_tracking where id = p_id for no key update;
  update cost_tracking e set
      drawn_open_nano_usd = greatest(0, e.drawn_open_nano_usd + p_open),
      drawn_spent_nano_usd = e.drawn_spent_nano_usd + p_spent,
      drawn_presumed_nano_usd = greatest(0, e.drawn_presumed_nano_usd + p_presumed),
      actual_nano_usd = e.actual_nano_usd + p_spent + p_presumed
    where e.id = p_id returning * into v_after;
  perform move_in_windows(v_after.window_keys, held_by_envelope(v_after) - held_by_envelope(v_before),
    p_spent, p_presumed, p_overrun);
  if p_overrun > 0 then
    perform alert_overrun(p_call_id, p_overrun, v_after.window_keys);
  end if;
end $function$;

CREATE OR REPLACE FUNCTION moose.check_and_reserve_budget(p_estimated_cost numeric, p_service_name text, p_metadata jsonb DEFAULT '{}'::jsonb)
 RETURNS TABLE(can_proceed boolean, current_total numeric, reservation_id uuid)
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_total bigint;
begin
  -- NaN and infinity are above every number; no single reservation is worth a billion.
  if p_estimated_cost is null or p_estimated_cost <= 0 or p_estimated_cost >= 1000000000 then
    raise exception 'A reservation must be above 0 dollars and below a billion, not %',
      coalesce(p_estimated_cost::text, 'nothing') using errcode = 'MS010';
  end if;
  perform hold_limits(false);
  select r.total_nano_usd, r.reservation_id into v_total, reservation_id
    from reserve_in_windows(ceil(p_estimated_cost * 1000000000)::bigint, p_service_name, p_metadata, now()) r;
  can_proceed := reservation_id is not null;
  current_total := v_total * 0.000000001;
  return next;
end $function$;

CREATE OR REPLACE FUNCTION moose.circuit_states_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into circuit_changes (key, phase, code) values (new.key, new.phase, new.because ->> 'code');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.circuit_states_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, detail)
    values ('circuit', new.key, jsonb_build_object('kind', new.kind, 'phase', new.phase, 'held_by', new.held_by));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.circuit_states_notify()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  perform pg_notify('moose_circuits', new.key);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.cost_tracking_stale()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into stale_days (topic, day)
    select distinct 'costs', date_trunc('day', at, 'UTC')
    from (values (case when tg_op <> 'INSERT' then old.settled_at end), (case when tg_op <> 'DELETE' then new.settled_at end)) as moments (at)
    where is_of_past_day(at);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.count_calls(p_work_order_id uuid, p_nano_usd bigint, p_calls integer, p_input bigint, p_output bigint)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if p_work_order_id is null or (p_nano_usd = 0 and p_calls = 0 and p_input = 0 and p_output = 0) then
    return;
  end if;
  if p_nano_usd < 0 then
    perform set_config('moose.cost_evidence', p_work_order_id || ' ' || -p_nano_usd, true);
  end if;
  update work_orders set cost_nano_usd = cost_nano_usd + p_nano_usd, model_calls = model_calls + p_calls,
      input_tokens = input_tokens + p_input, output_tokens = output_tokens + p_output
    where id = p_work_order_id;
  if p_nano_usd < 0 then
    perform set_config('moose.cost_evidence', '', true);
  end if;
end $function$;

CREATE OR REPLACE FUNCTION moose.decided_once()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if old.decided_at is not null then
    raise exception 'A row of % is decided about once', tg_table_name using errcode = 'MS004';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION moose.draw_call(p_call_id uuid, p_key_id uuid, p_key_hash bytea, p_gateway_id uuid, p_provider text, p_model text, p_wire text, p_is_stream boolean, p_nano_usd bigint, p_input_tokens_max bigint, p_output_tokens_max bigint, p_price_version text)
 RETURNS TABLE(kind text, left_nano_usd bigint, open_nano_usd bigint, reason text)
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_key record;
  v_call cost_tracking;
  v_answer text;
begin
  select k.*, coalesce(k.reservation_id, r.reservation_id) as envelope_id into v_key
    from gateway_keys k left join runs r on r.id = k.run_id where k.id = p_key_id and k.key_hash = p_key_hash;
  if v_key.id is null then
    return query select 'key_invalid', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  -- By its id alone, here and below: whatever the statistics of a young table say, that is one row of one index.
  select * into v_call from cost_tracking where id = p_call_id;
  if found and v_call.key_id = p_key_id and v_call.status in ('sent', 'presumed') then
    return query select 'drawn', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  if v_key.stopped_reason is not null then
    return query select 'stopped', 0::bigint, 0::bigint, v_key.stopped_reason;
    return;
  end if;
  if v_key.revoked_at is not null or v_key.expires_at <= clock_timestamp() or v_key.envelope_id is null then
    return query select 'key_invalid', 0::bigint, 0::bigint, null::text;
    return;
  end if;
  v_answer := take_from_envelope(v_key.envelope_id, p_nano_usd);
  if v_answer = 'drawn' then
    insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd,
        model, session_id, key_id, gateway_id, provider, wire, is_stream, input_tokens_max, output_tokens_max, price_version)
      values (p_call_id, 'actual', 'sent', v_key.service_name, v_key.work_order_id, v_key.run_id, v_key.envelope_id,
        p_nano_usd, p_model, v_key.session_id, v_key.id, p_gateway_id, p_provider, p_wire, p_is_stream, p_input_tokens_max,
        p_output_tokens_max, p_price_version)
      on conflict (id) do nothing;
    if found then
      return query select 'drawn', 0::bigint, 0::bigint, null::text;
      return;
    end if;
    perform change_envelope(v_key.envelope_id, -p_nano_usd, 0, 0, 0, p_call_id);
  end if;
  -- Another statement has drawn or ended the same call since this one looked.
  select * into v_call from cost_tracking where id = p_call_id;
  if found then
    return query select case when v_call.key_id = p_key_id and v_call.status in ('sent', 'presumed') then 'drawn'
      else 'key_invalid' end, 0::bigint, 0::bigint, null::text;
    return;
  end if;
  return query select case v_answer when 'closed' then 'key_invalid' else v_answer end, room.left_nano_usd, room.open_nano_usd,
    null::text from room_of_envelope(v_key.envelope_id) room;
end $function$;

CREATE OR REPLACE FUNCTION moose.draw_calls(p_call_ids uuid[], p_key_ids uuid[], p_key_hashes bytea[], p_gateway_ids uuid[], p_providers text[], p_models text[], p_wires text[], p_are_streams boolean[], p_nano_usd bigint[], p_input_tokens_max bigint[], p_output_tokens_max bigint[], p_price_versions text[])
 RETURNS TABLE(kind text, left_nano_usd bigint, open_nano_usd bigint, reason text)
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_key record;
begin
  for n in 1 .. cardinality(p_call_ids) loop
    select k.run_id, coalesce(k.reservation_id, r.reservation_id) as envelope_id into v_key
      from gateway_keys k left join runs r on r.id = k.run_id where k.id = p_key_ids[n];
    if lock_call_rows(null, v_key.envelope_id, v_key.run_id, null) then
      return query select d.kind, d.left_nano_usd, d.open_nano_usd, d.reason
        from draw_call(p_call_ids[n], p_key_ids[n], p_key_hashes[n], p_gateway_ids[n], p_providers[n], p_models[n],
          p_wires[n], p_are_streams[n], p_nano_usd[n], p_input_tokens_max[n], p_output_tokens_max[n],
          p_price_versions[n]) d;
    else
      return query select 'busy', 0::bigint, 0::bigint, null::text;
    end if;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION moose.drifts_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, detail)
    values ('alert', new.id, jsonb_build_object('act', 'drift', 'is_open', new.ended_at is null));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.end_call(p_call_id uuid, p_status text, p_nano_usd bigint, p_usage jsonb DEFAULT '{}'::jsonb, p_end jsonb DEFAULT '{}'::jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_call cost_tracking;
  v_hold bigint;
  v_actual bigint;
  v_was_presumed boolean;
  v_input bigint := coalesce((p_usage ->> 'inputTokens')::bigint, 0);
  v_cache_read bigint := coalesce((p_usage ->> 'cacheReadTokens')::bigint, 0);
  v_cache_write bigint := coalesce((p_usage ->> 'cacheWriteTokens')::bigint, 0);
  v_cache_write_1h bigint := coalesce((p_usage ->> 'cacheWrite1hTokens')::bigint, 0);
  v_output bigint := coalesce((p_usage ->> 'outputTokens')::bigint, 0);
begin
  if p_status = 'settled' and (p_nano_usd is null or p_nano_usd < 0) then
    raise exception 'A call costs 0 or more, not %', coalesce(p_nano_usd::text, 'nothing') using errcode = 'MS010';
  end if;
  select * into v_call from cost_tracking where id = p_call_id;
  if not found or v_call.type <> 'actual' or v_call.status not in ('sent', 'presumed') then
    return false;
  end if;
  perform from work_orders where id = v_call.work_order_id for no key update;
  perform from cost_tracking where id = v_call.reservation_id for no key update;
  select * into v_call from cost_tracking where id = p_call_id for no key update;
  if v_call.status not in ('sent', 'presumed') or v_call.status = p_status then
    return false;
  end if;
  v_was_presumed := v_call.status = 'presumed';
  v_hold := case when v_was_presumed then v_call.actual_nano_usd else v_call.reserved_nano_usd end;
  v_actual := case p_status when 'settled' then p_nano_usd when 'presumed' then v_hold else 0 end;
  update cost_tracking set
      status = p_status, actual_nano_usd = v_actual, settled_at = clock_timestamp(),
      input_tokens = v_input, cache_read_tokens = v_cache_read, cache_write_tokens = v_cache_write,
      cache_write_hour_tokens = v_cache_write_1h, output_tokens = v_output,
      http_status = (p_end ->> 'httpStatus')::integer, failure = p_end ->> 'failure',
      retry_after_ms = (p_end ->> 'retryAfterMs')::integer, first_byte_ms = (p_end ->> 'firstByteMs')::integer,
      duration_ms = (p_end ->> 'durationMs')::integer, priced_by = p_end ->> 'pricedBy',
      price_version = coalesce(p_end ->> 'priceVersion', price_version)
    where id = p_call_id;
  if v_call.reservation_id is not null then
    perform change_envelope(v_call.reservation_id,
      case when v_was_presumed then 0 else -v_hold end,
      case when p_status = 'settled' then v_actual else 0 end,
      case when p_status = 'presumed' then v_hold else 0 end - case when v_was_presumed then v_hold else 0 end,
      case when p_status = 'settled' then greatest(0, v_actual - v_hold) else 0 end, p_call_id);
  end if;
  perform count_calls(v_call.work_order_id, v_actual - case when v_was_presumed then v_hold else 0 end,
    case when v_was_presumed or p_status = 'cancelled' then 0 else 1 end,
    v_input + v_cache_read + v_cache_write + v_cache_write_1h, v_output);
  return true;
end $function$;

CREATE OR REPLACE FUNCTION moose.error_events_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('error', new.id, new.work_order_id, jsonb_build_object('act', lower(tg_op), 'code', new.error_type,
      'failure_class', new.failure_class, 'category', new.category, 'severity', new.severity,
      'component', new.component, 'recovered', new.recovery_success, 'strategy', new.recovery_strategy, 'step', new.step,
      'has_text', new.error_message <> '', 'has_evidence', new.metadata -> 'hasWholeEvidence'));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.error_events_stale()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into stale_days (topic, day) select distinct 'errors', date_trunc('day', timestamp, 'UTC') from changed
    where is_of_past_day(timestamp);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.escalations_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('escalation', new.id, new.work_order_id,
      jsonb_build_object('act', lower(tg_op), 'status', new.status, 'failure_class', new.failure_class));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.gateway_keys_notify()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  perform pg_notify('moose_stopped_keys', new.id::text);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.grow_envelope(p_envelope_id uuid, p_nano_usd bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_envelope cost_tracking;
  v_needed bigint;
  v_step bigint;
  v_more bigint;
  v_room bigint;
  v_keys text[];
  v_full text[];
begin
  select * into v_envelope from cost_tracking
    where id = p_envelope_id and type = 'reservation' and status = 'held' and metadata ? 'ceiling_nano_usd'
    for no key update;
  if not found then
    return false;
  end if;
  v_needed := p_nano_usd - (v_envelope.reserved_nano_usd - v_envelope.drawn_open_nano_usd
    - v_envelope.drawn_spent_nano_usd - v_envelope.drawn_presumed_nano_usd);
  -- Another call has let it grow in the meantime.
  if v_needed <= 0 then
    return true;
  end if;
  v_step := greatest(1, coalesce((v_envelope.metadata ->> 'step_nano_usd')::bigint, 1));
  v_more := least((v_envelope.metadata ->> 'ceiling_nano_usd')::bigint - v_envelope.reserved_nano_usd,
    ceil(v_needed::numeric / v_step)::bigint * v_step);
  -- A part of what the call needs is of no use to it, and would be missing elsewhere.
  if v_more < v_needed then
    return false;
  end if;
  perform lock_windows();
  for attempt in 1 .. 2 loop
    select array_agg(l.key order by l.key), min(room.left), array_agg(l.key) filter (where room.left < v_needed)
      into v_keys, v_room, v_full
      from budget_windows_of(v_envelope.metadata, v_envelope.service_name, v_envelope.created_at) l
        left join budget_windows w on w.key = l.key,
        lateral (select case when w.is_frozen then 0 else l.limit_nano_usd
          - coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0) end as left) room;
    -- The windows are others since the time zone has changed, or a limit was set or removed: the next envelope has these.
    if v_keys is distinct from v_envelope.window_keys then
      return false;
    end if;
    exit when v_full is null or attempt = 2;
    perform take_idle(v_full, v_needed - greatest(0, v_room), p_envelope_id);
  end loop;
  if v_full is not null then
    return false;
  end if;
  v_more := least(v_more, v_room);
  perform move_in_windows(v_keys, v_more, 0, 0, 0);
  update cost_tracking set reserved_nano_usd = reserved_nano_usd + v_more where id = p_envelope_id;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION moose.held_by_envelope(envelope cost_tracking)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when envelope.status <> 'held' then 0 else greatest(envelope.drawn_open_nano_usd,
    envelope.reserved_nano_usd - envelope.drawn_spent_nano_usd - envelope.drawn_presumed_nano_usd) end
$function$;

CREATE OR REPLACE FUNCTION moose.hold_limits(p_alone boolean)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if p_alone then
    perform pg_advisory_xact_lock(x'6d6f6f73'::integer, 2);
  else
    perform pg_advisory_xact_lock_shared(x'6d6f6f73'::integer, 2);
  end if;
end $function$;

CREATE OR REPLACE FUNCTION moose.invites_end_once()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if old.accepted_at is not null or old.revoked_at is not null then
    raise exception 'An invite that is accepted or revoked never changes' using errcode = 'MS004';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION moose.is_of_past_day(at timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
RETURN (at < date_trunc('day'::text, clock_timestamp(), 'UTC'::text));

CREATE OR REPLACE FUNCTION moose.join_windows(p_ids uuid[], p_pattern text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if p_ids is null then
    return;
  end if;
  perform lock_windows();
  with missing as materialized (
    select e.id, l.key, l.limit_nano_usd, held_by_envelope(e) as held, e.drawn_spent_nano_usd as spent,
      e.drawn_presumed_nano_usd as presumed
    from cost_tracking e cross join lateral budget_windows_of(e.metadata, e.service_name, e.created_at) l
    where e.id = any (p_ids) and l.key ~ p_pattern and not l.key = any (e.window_keys)
  ),
  counted as (
    insert into budget_windows as w (key, limit_nano_usd, held_nano_usd, spent_nano_usd, presumed_nano_usd)
      select key, max(limit_nano_usd), sum(held), sum(spent), sum(presumed) from missing group by key order by key
      on conflict (key) do update set held_nano_usd = w.held_nano_usd + excluded.held_nano_usd,
        spent_nano_usd = w.spent_nano_usd + excluded.spent_nano_usd,
        presumed_nano_usd = w.presumed_nano_usd + excluded.presumed_nano_usd
  )
  update cost_tracking e set window_keys = (select array_agg(k order by k) from unnest(e.window_keys || added.keys) k)
    from (select id, array_agg(key) as keys from missing group by id) added where added.id = e.id;
end $function$;

CREATE OR REPLACE FUNCTION moose.joint_groups_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  perform joint_live(new.id);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.joint_live(of_group uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into live_events (topic, subject, work_order_id, detail)
    select 'work_order', m.work_order_id, m.work_order_id, jsonb_build_object('kind', 'joint')
    from joint_members m where m.group_id = of_group
$function$;

CREATE OR REPLACE FUNCTION moose.joint_members_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  perform joint_live(new.group_id);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.joint_orders_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  perform joint_live((new.settings -> 'joint' ->> 'group')::uuid);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.lent_by_envelope(envelope cost_tracking)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when envelope.status <> 'held' or not envelope.metadata ? 'expected_nano_usd' then 0
    else greatest(0, (envelope.metadata ->> 'expected_nano_usd')::bigint - envelope.reserved_nano_usd) end
$function$;

CREATE OR REPLACE FUNCTION moose.lent_in_window(p_key text, p_except uuid)
 RETURNS bigint
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce(sum(lent_by_envelope(e)), 0)::bigint from cost_tracking e
    where e.status = 'held' and e.type = 'reservation' and e.metadata ? 'expected_nano_usd' and p_key = any (e.window_keys)
      and e.id <> p_except
$function$;

CREATE OR REPLACE FUNCTION moose.limits_in_force(p_at timestamp with time zone DEFAULT now())
 RETURNS TABLE(key text, kind text, subject text, limit_nano_usd bigint)
 LANGUAGE sql
 STABLE
AS $function$
  with setting as (
    select coalesce((select value #>> '{}' from system_config c where c.key = 'budget.time_zone'), 'UTC') as zone
  ),
  spans as (
    select 'day' as span, to_char(p_at at time zone zone, 'YYYY-MM-DD') as name from setting
    union all select 'month', to_char(p_at at time zone zone, 'YYYY-MM') from setting
  ),
  given as (
    select l.kind, l.subject, s.span, l.kind || '_' || s.span || ':' || s.name || ':' as prefix,
      case s.span when 'day' then coalesce(l.daily_nano_usd, each.daily_nano_usd)
        else coalesce(l.monthly_nano_usd, each.monthly_nano_usd) end as nano_usd
    from spending_limits l cross join spans s
      left join spending_limits each on l.kind = 'person' and each.kind = 'person' and each.subject = '*'
  )
  select w.key, 'system', null, w.limit_nano_usd from budget_windows_of('{}', '', p_at) w
  union all
  select prefix || given.subject, given.kind, given.subject, nano_usd from given where nano_usd is not null
  union all
  select w.key, 'person', substr(w.key, length(prefix) + 1), nano_usd
  from given join budget_windows w on w.key like 'person%' and starts_with(w.key, prefix)
  where given.kind = 'person' and given.subject = '*' and nano_usd is not null
    and not exists (select from spending_limits own where own.kind = 'person' and own.subject = substr(w.key, length(prefix) + 1))
$function$;

CREATE OR REPLACE FUNCTION moose.live_events_notify()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  perform pg_notify('moose_live', '');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.lock_call_rows(p_work_order_id uuid, p_envelope_id uuid, p_run_id uuid, p_call_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if p_work_order_id is not null then
    perform from work_orders where id = p_work_order_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  if p_envelope_id is not null then
    perform from cost_tracking where id = p_envelope_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  if p_run_id is not null then
    perform from runs where id = p_run_id for key share skip locked;
    if not found then
      return false;
    end if;
  end if;
  if p_call_id is not null then
    perform from cost_tracking where id = p_call_id for no key update skip locked;
    if not found then
      return false;
    end if;
  end if;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION moose.lock_windows()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  perform pg_advisory_xact_lock(x'6d6f6f73'::integer, 1);
end $function$;

CREATE OR REPLACE FUNCTION moose.model_prices_guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  raise exception 'A price is never changed or removed: add a new version' using errcode = 'MS020';
end $function$;

CREATE OR REPLACE FUNCTION moose.move_in_windows(p_keys text[], p_held bigint, p_spent bigint, p_presumed bigint, p_overrun bigint)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if p_held = 0 and p_spent = 0 and p_presumed = 0 and p_overrun = 0 then
    return;
  end if;
  perform lock_windows();
  update budget_windows w set
      held_nano_usd = greatest(0, w.held_nano_usd + p_held),
      spent_nano_usd = greatest(0, w.spent_nano_usd + p_spent),
      presumed_nano_usd = greatest(0, w.presumed_nano_usd + p_presumed),
      overrun_nano_usd = w.overrun_nano_usd + p_overrun,
      is_frozen = w.is_frozen or p_overrun > 0
    where w.key = any (p_keys);
end $function$;

CREATE OR REPLACE FUNCTION moose.name_of_actor(p_actor text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when p_actor like 'human:%' then nullif(substr(p_actor, 7), '')
    when p_actor like 'moose%' then null else nullif(p_actor, '') end
$function$;

CREATE OR REPLACE FUNCTION moose.outbox_notify()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  perform pg_notify('moose_outbox', new.id::text);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.outcome_vectors_stale()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into stale_days (topic, day)
    select distinct 'outcomes', date_trunc('day', at, 'UTC') from (
      select created_at as at from changed
      union all
      select v.created_at from changed c join outcome_vectors v on v.work_order_id = c.work_order_id
        and v.created_at >= c.created_at
    ) as moments
    where is_of_past_day(at);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.presume_call(p_call_id uuid, p_usage jsonb, p_end jsonb)
 RETURNS boolean
 LANGUAGE sql
AS $function$ select end_call(p_call_id, 'presumed', null, p_usage, p_end) $function$;

CREATE OR REPLACE FUNCTION moose.project_limit_count()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_key text := 'project:' || new.id;
  v_ids uuid[];
begin
  perform hold_limits(true);
  select array_agg(id) into v_ids from (
    select e.id from cost_tracking e
    where e.type = 'reservation' and e.metadata ->> 'project_id' = new.id::text and not v_key = any (e.window_keys)
      and e.created_at >= (select w.created_at from budget_windows w where w.key = v_key)
    order by e.id for update of e) locked;
  perform join_windows(v_ids, '^project:');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.project_variables_tell()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  perform pg_notify('moose_settings', 'project_variables');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.push_subscriptions_of_session()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  delete from push_subscriptions where session_id = new.id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.push_subscriptions_of_token()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  delete from push_subscriptions where token_id = new.id;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.reap_calls(p_silence interval, p_between interval)
 RETURNS TABLE(call_id uuid, gateway_id uuid, work_order_id uuid, nano_usd bigint)
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_calls uuid[];
begin
  update gateways g set suspected_at = null
    where g.suspected_at is not null and g.heartbeat_at > g.suspected_at;
  update gateways g set suspected_at = clock_timestamp()
    where g.suspected_at is null and g.ended_at is null and g.heartbeat_at < clock_timestamp() - p_silence;
  select array_agg(c.id) into v_calls from cost_tracking c left join gateways g on g.id = c.gateway_id
    where c.type = 'actual' and c.status = 'sent' and c.gateway_id is not null
      and (g.ended_at is not null or g.suspected_at <= clock_timestamp() - p_between
        or (g.id is null and c.created_at < clock_timestamp() - p_silence - p_between));
  if v_calls is null then
    return;
  end if;
  -- Many work orders at once: all of them are locked before the first window is.
  perform from work_orders w where w.id in (select c.work_order_id from cost_tracking c where c.id = any (v_calls))
    order by w.id for no key update;
  perform from cost_tracking e where e.id in (select c.reservation_id from cost_tracking c where c.id = any (v_calls))
    order by e.id for no key update;
  perform from cost_tracking c where c.id = any (v_calls) order by c.id for no key update;
  return query
    select c.id, c.gateway_id, c.work_order_id, c.reserved_nano_usd
    from cost_tracking c, lateral (select end_call(c.id, 'presumed', null, '{}', '{"failure": "cut_stream"}') as is_ended) e
    where c.id = any (v_calls) and c.status = 'sent' and e.is_ended;
end $function$;

CREATE OR REPLACE FUNCTION moose.record_refused_call(p_call_id uuid, p_key_id uuid, p_key_hash bytea, p_gateway_id uuid, p_provider text, p_model text, p_wire text, p_is_stream boolean, p_input_tokens_max bigint, p_output_tokens_max bigint, p_end jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd, actual_nano_usd,
      model, session_id, key_id, gateway_id, provider, wire, is_stream, input_tokens_max, output_tokens_max,
      http_status, failure, retry_after_ms, first_byte_ms, duration_ms, settled_at)
    select p_call_id, 'actual', 'cancelled', k.service_name, k.work_order_id, k.run_id, 0, 0,
      p_model, k.session_id, k.id, p_gateway_id, p_provider, p_wire, p_is_stream, p_input_tokens_max, p_output_tokens_max,
      (p_end ->> 'httpStatus')::integer, p_end ->> 'failure', (p_end ->> 'retryAfterMs')::integer,
      (p_end ->> 'firstByteMs')::integer, (p_end ->> 'durationMs')::integer, clock_timestamp()
    from gateway_keys k where k.id = p_key_id and k.key_hash = p_key_hash
    on conflict (id) do nothing;
  return found;
end $function$;

CREATE OR REPLACE FUNCTION moose.reserve_in_windows(p_nano_usd bigint, p_service_name text, p_metadata jsonb, p_at timestamp with time zone, OUT total_nano_usd bigint, OUT reservation_id uuid)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_id uuid := gen_random_uuid();
  v_keys text[];
  v_limits bigint[];
  v_there integer;
  v_used bigint;
begin
  select array_agg(l.key order by l.key), array_agg(l.limit_nano_usd order by l.key), count(w.key),
      (array_agg(coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0) order by l.key) filter (where
        w.is_frozen or spending_is_frozen() or p_nano_usd > l.limit_nano_usd - lent_in_window(l.key, v_id)
          - coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0)))[1]
    into v_keys, v_limits, v_there, v_used
    from budget_windows_of(p_metadata, coalesce(p_service_name, ''), p_at) l left join budget_windows w on w.key = l.key;
  if 0 > any (v_limits) then
    raise exception 'A limit must be 0 dollars or more' using errcode = 'check_violation';
  end if;
  -- What does not fit at this moment is refused without a lock.
  if v_used is not null then
    total_nano_usd := v_used;
    return;
  end if;
  -- The first in a window makes its row.
  if v_there < cardinality(v_keys) then
    insert into budget_windows (key, limit_nano_usd)
      select wanted.key, wanted.limit_nano_usd from unnest(v_keys, v_limits) as wanted (key, limit_nano_usd)
      order by wanted.key on conflict do nothing;
  end if;
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd, window_keys, metadata,
      created_at)
    values (v_id, 'reservation', 'held', p_service_name, (p_metadata ->> 'work_order_id')::uuid,
      (p_metadata ->> 'run_id')::uuid, p_nano_usd, v_keys, p_metadata, p_at);
  perform lock_windows();
  for i in 1 .. cardinality(v_keys) loop
    -- A limit that was changed in the settings holds from the next reservation on.
    update budget_windows w set held_nano_usd = w.held_nano_usd + p_nano_usd, limit_nano_usd = v_limits[i]
      where w.key = v_keys[i] and not w.is_frozen and not spending_is_frozen()
        and v_limits[i] - w.held_nano_usd - w.spent_nano_usd - w.presumed_nano_usd - lent_in_window(w.key, v_id)
          >= p_nano_usd
      returning w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd into v_used;
    if not found then
      -- Somebody was quicker. Nobody has seen what is taken back here.
      update budget_windows w set held_nano_usd = w.held_nano_usd - p_nano_usd where w.key = any (v_keys[1 : i - 1]);
      delete from cost_tracking c where c.id = v_id;
      select w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd into total_nano_usd
        from budget_windows w where w.key = v_keys[i];
      return;
    end if;
    total_nano_usd := coalesce(total_nano_usd, v_used);
  end loop;
  reservation_id := v_id;
end $function$;

CREATE OR REPLACE FUNCTION moose.ring_queue()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  perform pg_notify('moose_queue', '');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.room_of_envelope(p_envelope_id uuid, OUT left_nano_usd bigint, OUT open_nano_usd bigint)
 RETURNS record
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_envelope cost_tracking;
  v_own bigint;
  v_ceiling bigint;
  v_keys text[];
  v_now bigint;
  v_later bigint;
begin
  select * into v_envelope from cost_tracking where id = p_envelope_id;
  v_own := v_envelope.reserved_nano_usd - v_envelope.drawn_open_nano_usd - v_envelope.drawn_spent_nano_usd
    - v_envelope.drawn_presumed_nano_usd;
  left_nano_usd := greatest(0, v_own);
  open_nano_usd := v_envelope.drawn_open_nano_usd;
  if v_envelope.status <> 'held' or not v_envelope.metadata ? 'ceiling_nano_usd' then
    return;
  end if;
  v_ceiling := v_own + (v_envelope.metadata ->> 'ceiling_nano_usd')::bigint - v_envelope.reserved_nano_usd;
  select array_agg(l.key order by l.key),
      min(case when w.is_frozen then 0
        else l.limit_nano_usd - coalesce(w.spent_nano_usd + w.presumed_nano_usd, 0) - o.open end),
      min(case when w.is_frozen then 0 else l.limit_nano_usd - coalesce(w.spent_nano_usd + w.presumed_nano_usd, 0) end)
    into v_keys, v_now, v_later
    from budget_windows_of(v_envelope.metadata, v_envelope.service_name, v_envelope.created_at) l
      left join budget_windows w on w.key = l.key,
      lateral (select coalesce(sum(e.drawn_open_nano_usd), 0)::bigint as open from cost_tracking e
        where e.status = 'held' and e.type = 'reservation' and l.key = any (e.window_keys)) o;
  if v_keys is distinct from v_envelope.window_keys then
    return;
  end if;
  left_nano_usd := greatest(left_nano_usd, least(v_ceiling, v_now));
  open_nano_usd := greatest(0, least(v_ceiling + v_envelope.drawn_open_nano_usd, v_later) - left_nano_usd);
end $function$;

CREATE OR REPLACE FUNCTION moose.schedule_runs_decided_once()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if old.outcome <> 'waiting' then
    raise exception 'The run of a schedule is decided about once' using errcode = 'MS004';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION moose.schedule_runs_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, detail)
    values ('schedule', new.schedule_id, jsonb_build_object('outcome', new.outcome));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.schedules_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, detail) values ('schedule', new.id, jsonb_build_object('act', lower(tg_op)));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.sessions_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('session', new.id, new.work_order_id, jsonb_build_object('act', lower(tg_op), 'state', new.state,
      'purpose', new.purpose, 'name', new.name, 'exit_code', new.exit_code, 'signal', new.signal,
      'lived_ms', case when new.ended_at is not null then round(extract(epoch from new.ended_at - new.created_at) * 1000) end,
      'noticed_after_ms', case when new.ended_at is not null
        then round(extract(epoch from clock_timestamp() - new.ended_at) * 1000) end));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.settle_call(p_call_id uuid, p_nano_usd bigint, p_usage jsonb, p_end jsonb)
 RETURNS boolean
 LANGUAGE sql
AS $function$ select end_call(p_call_id, 'settled', p_nano_usd, p_usage, p_end) $function$;

CREATE OR REPLACE FUNCTION moose.settle_reservation(p_reservation_id uuid, p_actual_nano_usd bigint DEFAULT 0, p_presumed_nano_usd bigint DEFAULT 0)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_envelope cost_tracking;
  v_after cost_tracking;
  v_calls integer;
  v_open bigint;
  v_given bigint;
  v_overrun bigint;
begin
  if p_actual_nano_usd is null or p_presumed_nano_usd is null or p_actual_nano_usd < 0 or p_presumed_nano_usd < 0 then
    raise exception 'A settlement must be 0 or more, not % and %', p_actual_nano_usd, p_presumed_nano_usd
      using errcode = 'MS010';
  end if;
  select * into v_envelope from cost_tracking where id = p_reservation_id and type = 'reservation' and status = 'held';
  if not found then
    return false;
  end if;
  perform from work_orders where id = v_envelope.work_order_id for no key update;
  select * into v_envelope from cost_tracking where id = p_reservation_id for no key update;
  if v_envelope.status <> 'held' then
    return false;
  end if;
  with ended as (
    update cost_tracking set status = 'presumed', actual_nano_usd = reserved_nano_usd, settled_at = clock_timestamp()
      where reservation_id = p_reservation_id and type = 'actual' and status = 'sent' returning reserved_nano_usd
  )
  select count(*), coalesce(sum(reserved_nano_usd), 0) into v_calls, v_open from ended;
  v_given := p_actual_nano_usd + p_presumed_nano_usd;
  insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reservation_id, reserved_nano_usd,
      actual_nano_usd, settled_at)
    select gen_random_uuid(), 'actual', given.status, v_envelope.service_name, v_envelope.work_order_id, v_envelope.run_id,
      p_reservation_id, given.nano_usd, given.nano_usd, clock_timestamp()
    from (values ('settled', p_actual_nano_usd), ('presumed', p_presumed_nano_usd)) as given (status, nano_usd)
    where given.nano_usd > 0;
  v_overrun := case when v_given = 0 then 0 else greatest(0, v_given - greatest(0, v_envelope.reserved_nano_usd
    - v_envelope.drawn_open_nano_usd - v_envelope.drawn_spent_nano_usd - v_envelope.drawn_presumed_nano_usd)) end;
  update cost_tracking e set
      drawn_open_nano_usd = 0,
      drawn_spent_nano_usd = e.drawn_spent_nano_usd + p_actual_nano_usd,
      drawn_presumed_nano_usd = e.drawn_presumed_nano_usd + v_open + p_presumed_nano_usd,
      actual_nano_usd = e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd + v_open + v_given,
      status = case when e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd + v_open + v_given = 0
        then 'cancelled' else 'settled' end,
      settled_at = clock_timestamp()
    where e.id = p_reservation_id returning * into v_after;
  perform move_in_windows(v_after.window_keys, -held_by_envelope(v_envelope), p_actual_nano_usd,
    v_open + p_presumed_nano_usd, v_overrun);
  perform count_calls(v_after.work_order_id, v_open + v_given, v_calls, 0, 0);
  if v_overrun > 0 then
    perform alert_overrun(p_reservation_id, v_overrun, v_after.window_keys);
  end if;
  return true;
end $function$;

CREATE OR REPLACE FUNCTION moose.shrink_call(p_call_id uuid, p_nano_usd bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_call cost_tracking;
begin
  select * into v_call from cost_tracking where id = p_call_id;
  if not found or v_call.type <> 'actual' or v_call.status <> 'sent' or p_nano_usd is null or p_nano_usd < 0 then
    return false;
  end if;
  perform from work_orders where id = v_call.work_order_id for no key update;
  perform from cost_tracking where id = v_call.reservation_id for no key update;
  select * into v_call from cost_tracking where id = p_call_id for no key update;
  if v_call.status <> 'sent' or p_nano_usd >= v_call.reserved_nano_usd then
    return false;
  end if;
  update cost_tracking set reserved_nano_usd = p_nano_usd where id = p_call_id;
  perform change_envelope(v_call.reservation_id, p_nano_usd - v_call.reserved_nano_usd, 0, 0, 0, p_call_id);
  return true;
end $function$;

CREATE OR REPLACE FUNCTION moose.spec_of_row_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject) values ('spec', new.spec_id);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.specs_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject) values ('spec', new.id);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.spending_is_frozen()
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (select from budget_windows where is_frozen and key like 'month:%')
$function$;

CREATE OR REPLACE FUNCTION moose.spending_limits_count()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_since timestamptz;
  v_ids uuid[];
begin
  perform hold_limits(true);
  select began_at(date_trunc('month', now() at time zone zone), zone) into v_since
    from (select coalesce((select value #>> '{}' from system_config where key = 'budget.time_zone'), 'UTC') as zone) z;
  select array_agg(id) into v_ids from (
    select e.id from cost_tracking e
    where e.type = 'reservation' and e.created_at >= v_since and case new.kind
      when 'project' then e.metadata ->> 'project_id' = new.subject
      else new.subject in ('*', name_of_actor(coalesce(
        (select requested_by from work_orders w where w.id = e.work_order_id), e.metadata ->> 'asked_by'))) end
    order by e.id for update of e) locked;
  perform join_windows(v_ids, '^(person|project)_(day|month):');
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.spending_limits_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, detail) values ('setting', 'spending_limits', jsonb_build_object('act', lower(tg_op)));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.system_alerts_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, detail) values ('alert', new.id,
    jsonb_build_object('act', lower(tg_op), 'severity', new.severity, 'component', new.component, 'is_open', new.resolved_at is null));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.system_config_record()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION moose.take_from_envelope(p_envelope_id uuid, p_nano_usd bigint)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_envelope cost_tracking;
begin
  if p_nano_usd is null or p_nano_usd < 0 then
    raise exception 'A call draws 0 or more, not %', coalesce(p_nano_usd::text, 'nothing') using errcode = 'MS010';
  end if;
  for attempt in 1 .. 2 loop
    update cost_tracking e set drawn_open_nano_usd = e.drawn_open_nano_usd + p_nano_usd
      where e.id = p_envelope_id and e.type = 'reservation' and e.status = 'held'
        and e.reserved_nano_usd - e.drawn_open_nano_usd - e.drawn_spent_nano_usd - e.drawn_presumed_nano_usd >= p_nano_usd
        and not exists (select from budget_windows w
          where w.is_frozen and (w.key = any (e.window_keys) or w.key like 'month:%'));
    if found then
      return 'drawn';
    end if;
    select * into v_envelope from cost_tracking where id = p_envelope_id and type = 'reservation' and status = 'held';
    if not found then
      return 'closed';
    end if;
    if exists (select from budget_windows w
        where w.is_frozen and (w.key = any (v_envelope.window_keys) or w.key like 'month:%')) then
      return 'frozen';
    end if;
    exit when attempt = 2 or not grow_envelope(p_envelope_id, p_nano_usd);
  end loop;
  return 'no_room';
end $function$;

CREATE OR REPLACE FUNCTION moose.take_idle(p_keys text[], p_nano_usd bigint, p_except uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
declare
  v_lender cost_tracking;
  v_idle bigint;
  v_missing bigint := p_nano_usd;
begin
  for v_lender in
    select * from cost_tracking e
      where e.status = 'held' and e.type = 'reservation' and e.run_id is not null and e.id <> p_except
        and e.window_keys && p_keys
        and e.reserved_nano_usd > e.drawn_open_nano_usd + e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd
      order by e.drawn_open_nano_usd + e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd - e.reserved_nano_usd, e.id
      for no key update skip locked
  loop
    v_idle := least(v_missing, v_lender.reserved_nano_usd - v_lender.drawn_open_nano_usd - v_lender.drawn_spent_nano_usd
      - v_lender.drawn_presumed_nano_usd);
    update cost_tracking e set
        reserved_nano_usd = e.reserved_nano_usd - v_idle,
        metadata = jsonb_build_object('ceiling_nano_usd', e.reserved_nano_usd::text, 'step_nano_usd', '1',
          'expected_nano_usd', e.reserved_nano_usd::text) || e.metadata
      where e.id = v_lender.id;
    perform move_in_windows(v_lender.window_keys, -v_idle, 0, 0, 0);
    v_missing := v_missing - v_idle;
    exit when v_missing <= 0;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION moose.try_lock_windows()
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  return pg_try_advisory_xact_lock(x'6d6f6f73'::integer, 1);
end $function$;

CREATE OR REPLACE FUNCTION moose.void_call(p_call_id uuid, p_end jsonb)
 RETURNS boolean
 LANGUAGE sql
AS $function$ select end_call(p_call_id, 'cancelled', null, '{}', p_end) $function$;

CREATE OR REPLACE FUNCTION moose.watch_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values (tg_argv[0], new.key, new.work_order_id, jsonb_build_object('act', lower(tg_op)));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.work_order_events_live()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  insert into live_events (topic, subject, work_order_id, detail)
    values ('work_order', new.work_order_id, new.work_order_id, jsonb_strip_nulls(jsonb_build_object('kind', new.kind,
      'status', new.to_state ->> 'status', 'from_status', new.from_state ->> 'status',
      'step', coalesce(new.detail ->> 'step', new.to_state ->> 'step'), 'step_state', new.to_state ->> 'step_state',
      'duration_ms', new.detail -> 'durationMs')));
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.work_order_events_notify()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  perform pg_notify('moose_events', new.work_order_id::text);
  return null;
end $function$;

CREATE OR REPLACE FUNCTION moose.work_orders_guard()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION moose.work_orders_guard_costs()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if new.model_calls < old.model_calls or new.input_tokens < old.input_tokens or new.output_tokens < old.output_tokens
    or (new.cost_nano_usd < old.cost_nano_usd and current_setting('moose.cost_evidence', true)
      is distinct from old.id || ' ' || (old.cost_nano_usd - new.cost_nano_usd))
  then
    raise exception 'A work order''s counters only ever grow' using errcode = 'MS002';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION moose.work_orders_guard_recovery()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if new.recovery_attempts < old.recovery_attempts or new.wasted_nano_usd < old.wasted_nano_usd then
    raise exception 'A work order''s counters only ever grow' using errcode = 'MS002';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION moose.work_orders_let_go()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  -- Nothing of it can go on any more: there is nothing that a pause could keep.
  new.held_by := null;
  new.held_at := null;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION moose.work_orders_record()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION moose.work_orders_requested()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  if tg_op = 'INSERT' then
    new.requested_by := coalesce(nullif(new.requested_by, ''), nullif(new.changed_by, ''), 'moose');
  else
    raise exception 'The requester of a work order never changes' using errcode = 'MS004';
  end if;
  return new;
end $function$;

CREATE OR REPLACE FUNCTION moose.work_orders_touched()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  new.updated_at := clock_timestamp();
  return new;
end $function$;

CREATE OR REPLACE FUNCTION moose.work_orders_wasted()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'moose', 'pg_temp'
AS $function$
begin
  update cost_tracking set is_wasted = true
    where work_order_id = new.id and type = 'actual' and settled_at is not null and not is_wasted;
  return null;
end $function$;

CREATE TRIGGER candidate_groups_decided_once BEFORE UPDATE ON moose.candidate_groups FOR EACH ROW EXECUTE FUNCTION candidate_groups_decided_once();
CREATE TRIGGER candidate_groups_live AFTER UPDATE ON moose.candidate_groups FOR EACH ROW EXECUTE FUNCTION candidate_groups_live();
CREATE TRIGGER candidates_live AFTER UPDATE ON moose.candidates FOR EACH ROW EXECUTE FUNCTION candidates_live();
CREATE TRIGGER circuit_states_changed_insert AFTER INSERT ON moose.circuit_states FOR EACH ROW WHEN ((new.phase <> 'closed'::text)) EXECUTE FUNCTION circuit_states_changed();
CREATE TRIGGER circuit_states_changed_update AFTER UPDATE ON moose.circuit_states FOR EACH ROW WHEN ((old.phase IS DISTINCT FROM new.phase)) EXECUTE FUNCTION circuit_states_changed();
CREATE TRIGGER circuit_states_live_insert AFTER INSERT ON moose.circuit_states FOR EACH ROW EXECUTE FUNCTION circuit_states_live();
CREATE TRIGGER circuit_states_live_update AFTER UPDATE ON moose.circuit_states FOR EACH ROW WHEN (((old.phase IS DISTINCT FROM new.phase) OR (old.held_by IS DISTINCT FROM new.held_by))) EXECUTE FUNCTION circuit_states_live();
CREATE TRIGGER circuit_states_notify AFTER INSERT OR UPDATE ON moose.circuit_states FOR EACH ROW EXECUTE FUNCTION circuit_states_notify();
CREATE TRIGGER contract_checks_live AFTER INSERT OR UPDATE ON moose.contract_checks FOR EACH ROW EXECUTE FUNCTION spec_of_row_live();
CREATE TRIGGER cost_tracking_stale_delete AFTER DELETE ON moose.cost_tracking FOR EACH ROW WHEN (((old.type = 'actual'::text) AND is_of_past_day(old.settled_at))) EXECUTE FUNCTION cost_tracking_stale();
CREATE TRIGGER cost_tracking_stale_insert AFTER INSERT ON moose.cost_tracking FOR EACH ROW WHEN (((new.type = 'actual'::text) AND is_of_past_day(new.settled_at))) EXECUTE FUNCTION cost_tracking_stale();
CREATE TRIGGER cost_tracking_stale_update AFTER UPDATE OF settled_at, actual_nano_usd, status, is_wasted, model ON moose.cost_tracking FOR EACH ROW WHEN (((new.type = 'actual'::text) AND (is_of_past_day(old.settled_at) OR is_of_past_day(new.settled_at)) AND ((old.settled_at IS DISTINCT FROM new.settled_at) OR (old.actual_nano_usd IS DISTINCT FROM new.actual_nano_usd) OR (old.status IS DISTINCT FROM new.status) OR (old.is_wasted IS DISTINCT FROM new.is_wasted) OR (old.model IS DISTINCT FROM new.model)))) EXECUTE FUNCTION cost_tracking_stale();
CREATE TRIGGER degradations_live AFTER INSERT OR UPDATE ON moose.degradations FOR EACH ROW EXECUTE FUNCTION watch_live('degradation');
CREATE TRIGGER drifts_live_insert AFTER INSERT ON moose.drifts FOR EACH ROW EXECUTE FUNCTION drifts_live();
CREATE TRIGGER drifts_live_update AFTER UPDATE ON moose.drifts FOR EACH ROW WHEN (((old.answer IS DISTINCT FROM new.answer) OR (old.ended_at IS DISTINCT FROM new.ended_at) OR (old.failure IS DISTINCT FROM new.failure))) EXECUTE FUNCTION drifts_live();
CREATE TRIGGER error_events_live_insert AFTER INSERT ON moose.error_events FOR EACH ROW EXECUTE FUNCTION error_events_live();
CREATE TRIGGER error_events_live_update AFTER UPDATE ON moose.error_events FOR EACH ROW WHEN ((old.recovery_success IS DISTINCT FROM new.recovery_success)) EXECUTE FUNCTION error_events_live();
CREATE TRIGGER error_events_stale_before AFTER UPDATE ON moose.error_events REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION error_events_stale();
CREATE TRIGGER error_events_stale_delete AFTER DELETE ON moose.error_events REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION error_events_stale();
CREATE TRIGGER error_events_stale_insert AFTER INSERT ON moose.error_events REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION error_events_stale();
CREATE TRIGGER error_events_stale_update AFTER UPDATE ON moose.error_events REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION error_events_stale();
CREATE TRIGGER escalations_live AFTER INSERT OR UPDATE ON moose.escalations FOR EACH ROW EXECUTE FUNCTION escalations_live();
CREATE TRIGGER forecasts_live_insert AFTER INSERT ON moose.forecasts FOR EACH ROW EXECUTE FUNCTION watch_live('forecast');
CREATE TRIGGER forecasts_live_update AFTER UPDATE ON moose.forecasts FOR EACH ROW WHEN ((old.ended_at IS DISTINCT FROM new.ended_at)) EXECUTE FUNCTION watch_live('forecast');
CREATE TRIGGER gateway_keys_notify AFTER UPDATE ON moose.gateway_keys FOR EACH ROW WHEN (((old.stopped_reason IS NULL) AND (new.stopped_reason IS NOT NULL))) EXECUTE FUNCTION gateway_keys_notify();
CREATE TRIGGER invites_end_once BEFORE UPDATE ON moose.invites FOR EACH ROW EXECUTE FUNCTION invites_end_once();
CREATE TRIGGER joint_groups_decided_once BEFORE UPDATE ON moose.joint_groups FOR EACH ROW EXECUTE FUNCTION decided_once();
CREATE TRIGGER joint_groups_live AFTER UPDATE ON moose.joint_groups FOR EACH ROW EXECUTE FUNCTION joint_groups_live();
CREATE TRIGGER joint_members_live AFTER UPDATE ON moose.joint_members FOR EACH ROW EXECUTE FUNCTION joint_members_live();
CREATE TRIGGER joint_orders_live AFTER UPDATE OF status, step, pull_request_url ON moose.work_orders FOR EACH ROW WHEN (((new.settings ? 'joint'::text) AND ((old.status IS DISTINCT FROM new.status) OR (old.step IS DISTINCT FROM new.step) OR (old.pull_request_url IS DISTINCT FROM new.pull_request_url)))) EXECUTE FUNCTION joint_orders_live();
CREATE TRIGGER live_events_notify AFTER INSERT ON moose.live_events FOR EACH STATEMENT EXECUTE FUNCTION live_events_notify();
CREATE TRIGGER model_prices_guard BEFORE DELETE OR UPDATE ON moose.model_prices FOR EACH ROW EXECUTE FUNCTION model_prices_guard();
CREATE TRIGGER model_prices_kept BEFORE TRUNCATE ON moose.model_prices FOR EACH STATEMENT EXECUTE FUNCTION model_prices_guard();
CREATE TRIGGER outbox_notify AFTER INSERT ON moose.outbox FOR EACH ROW EXECUTE FUNCTION outbox_notify();
CREATE TRIGGER outcome_vectors_stale_before AFTER UPDATE ON moose.outcome_vectors REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION outcome_vectors_stale();
CREATE TRIGGER outcome_vectors_stale_delete AFTER DELETE ON moose.outcome_vectors REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION outcome_vectors_stale();
CREATE TRIGGER outcome_vectors_stale_insert AFTER INSERT ON moose.outcome_vectors REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION outcome_vectors_stale();
CREATE TRIGGER outcome_vectors_stale_update AFTER UPDATE ON moose.outcome_vectors REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION outcome_vectors_stale();
CREATE TRIGGER plannings_live AFTER INSERT OR UPDATE ON moose.plannings FOR EACH ROW EXECUTE FUNCTION spec_of_row_live();
CREATE TRIGGER project_limit_count AFTER UPDATE OF settings ON moose.projects FOR EACH ROW WHEN ((((old.settings ->> 'limit_usd'::text) IS NULL) AND ((new.settings ->> 'limit_usd'::text) IS NOT NULL))) EXECUTE FUNCTION project_limit_count();
CREATE TRIGGER project_variables_tell AFTER INSERT OR DELETE OR UPDATE ON moose.project_variables FOR EACH STATEMENT EXECUTE FUNCTION project_variables_tell();
CREATE TRIGGER push_subscriptions_of_session AFTER UPDATE OF ended_at ON moose.web_sessions FOR EACH ROW WHEN (((old.ended_at IS NULL) AND (new.ended_at IS NOT NULL))) EXECUTE FUNCTION push_subscriptions_of_session();
CREATE TRIGGER push_subscriptions_of_token AFTER UPDATE OF revoked_at ON moose.api_tokens FOR EACH ROW WHEN (((old.revoked_at IS NULL) AND (new.revoked_at IS NOT NULL))) EXECUTE FUNCTION push_subscriptions_of_token();
CREATE TRIGGER runs_ring_queue AFTER INSERT OR UPDATE OF leg ON moose.runs FOR EACH STATEMENT EXECUTE FUNCTION ring_queue();
CREATE TRIGGER schedule_runs_decided_once BEFORE UPDATE ON moose.schedule_runs FOR EACH ROW EXECUTE FUNCTION schedule_runs_decided_once();
CREATE TRIGGER schedule_runs_live AFTER INSERT OR UPDATE ON moose.schedule_runs FOR EACH ROW EXECUTE FUNCTION schedule_runs_live();
CREATE TRIGGER schedules_live AFTER INSERT OR UPDATE ON moose.schedules FOR EACH ROW EXECUTE FUNCTION schedules_live();
CREATE TRIGGER sessions_live_insert AFTER INSERT ON moose.sessions FOR EACH ROW EXECUTE FUNCTION sessions_live();
CREATE TRIGGER sessions_live_update AFTER UPDATE ON moose.sessions FOR EACH ROW WHEN ((old.state IS DISTINCT FROM new.state)) EXECUTE FUNCTION sessions_live();
CREATE TRIGGER spec_plans_live AFTER INSERT ON moose.spec_plans FOR EACH ROW EXECUTE FUNCTION spec_of_row_live();
CREATE TRIGGER specs_live AFTER INSERT ON moose.specs FOR EACH ROW EXECUTE FUNCTION specs_live();
CREATE TRIGGER specs_live_update AFTER UPDATE ON moose.specs FOR EACH ROW EXECUTE FUNCTION specs_live();
CREATE TRIGGER spending_limits_count AFTER INSERT OR UPDATE ON moose.spending_limits FOR EACH ROW EXECUTE FUNCTION spending_limits_count();
CREATE TRIGGER spending_limits_live AFTER INSERT OR DELETE OR UPDATE ON moose.spending_limits FOR EACH ROW EXECUTE FUNCTION spending_limits_live();
CREATE TRIGGER system_alerts_live AFTER INSERT OR UPDATE ON moose.system_alerts FOR EACH ROW EXECUTE FUNCTION system_alerts_live();
CREATE TRIGGER system_config_record_insert AFTER INSERT OR DELETE ON moose.system_config FOR EACH ROW EXECUTE FUNCTION system_config_record();
CREATE TRIGGER system_config_record_update AFTER UPDATE ON moose.system_config FOR EACH ROW WHEN ((old.value IS DISTINCT FROM new.value)) EXECUTE FUNCTION system_config_record();
CREATE TRIGGER work_order_events_live AFTER INSERT ON moose.work_order_events FOR EACH ROW EXECUTE FUNCTION work_order_events_live();
CREATE TRIGGER work_order_events_notify AFTER INSERT ON moose.work_order_events FOR EACH ROW EXECUTE FUNCTION work_order_events_notify();
CREATE TRIGGER work_orders_guard BEFORE UPDATE OF status, step, step_state, parked_at, run, agent_runs, refinement_cycles ON moose.work_orders FOR EACH ROW EXECUTE FUNCTION work_orders_guard();
CREATE TRIGGER work_orders_guard_costs BEFORE UPDATE OF cost_nano_usd, model_calls, input_tokens, output_tokens ON moose.work_orders FOR EACH ROW EXECUTE FUNCTION work_orders_guard_costs();
CREATE TRIGGER work_orders_guard_recovery BEFORE UPDATE OF recovery_attempts, wasted_nano_usd ON moose.work_orders FOR EACH ROW EXECUTE FUNCTION work_orders_guard_recovery();
CREATE TRIGGER work_orders_let_go BEFORE UPDATE OF status, held_by ON moose.work_orders FOR EACH ROW WHEN (((new.held_by IS NOT NULL) AND (new.status = ANY (ARRAY['completed'::work_order_status, 'cancelled'::work_order_status])))) EXECUTE FUNCTION work_orders_let_go();
CREATE TRIGGER work_orders_record_insert AFTER INSERT ON moose.work_orders FOR EACH ROW EXECUTE FUNCTION work_orders_record();
CREATE TRIGGER work_orders_record_update AFTER UPDATE OF status, step, step_state ON moose.work_orders FOR EACH ROW EXECUTE FUNCTION work_orders_record();
CREATE TRIGGER work_orders_requested_insert BEFORE INSERT ON moose.work_orders FOR EACH ROW EXECUTE FUNCTION work_orders_requested();
CREATE TRIGGER work_orders_requested_update BEFORE UPDATE OF requested_by ON moose.work_orders FOR EACH ROW WHEN ((old.requested_by IS DISTINCT FROM new.requested_by)) EXECUTE FUNCTION work_orders_requested();
CREATE TRIGGER work_orders_spec_live AFTER UPDATE OF status, step, waits_for, pull_request_url, held_by ON moose.work_orders FOR EACH ROW WHEN (((new.spec_id IS NOT NULL) AND ((old.status IS DISTINCT FROM new.status) OR (old.step IS DISTINCT FROM new.step) OR (old.waits_for IS DISTINCT FROM new.waits_for) OR (old.pull_request_url IS DISTINCT FROM new.pull_request_url) OR (old.held_by IS DISTINCT FROM new.held_by)))) EXECUTE FUNCTION spec_of_row_live();
CREATE TRIGGER work_orders_touched BEFORE UPDATE ON moose.work_orders FOR EACH ROW EXECUTE FUNCTION work_orders_touched();
CREATE TRIGGER work_orders_wasted AFTER UPDATE OF wasted_nano_usd ON moose.work_orders FOR EACH ROW EXECUTE FUNCTION work_orders_wasted();
