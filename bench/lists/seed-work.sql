-- Work orders over 90 days, with what their runs leave. Chance comes from the numbers: the same rows each time.

create temp view given as select current_setting('bench.work_orders')::int as work_orders,
  current_setting('bench.error_events')::int as error_events, current_setting('bench.calls')::int as calls;
-- In [0, 1), for the thing `n` and the question `about`.
create function pg_temp.chance(n bigint, about text) returns float8 language sql immutable
  return (hashtextextended(about, n) & 9007199254740991)::float8 / 9007199254740992;
create function pg_temp.id_at(at timestamptz, kind text, n bigint) returns uuid language sql stable
  return (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(kind || n), 1, 3)
    || '8' || substr(md5(kind || n), 4, 15))::uuid;

insert into projects (id, name, repository_path)
  select pg_temp.id_at(now() - interval '100 days', 'project', n), 'service-' || n, '/srv/service-' || n
  from generate_series(1, 20) n;

create temp table orders as
  select n, at, pg_temp.id_at(at, 'order', n) as id, pg_temp.id_at(at, 'run', n) as run_id,
    -- A few projects have most of the work.
    pg_temp.id_at(now() - interval '100 days', 'project', 1 + floor(20 * pow(pg_temp.chance(n, 'project'), 3))::int) as project_id,
    case when place <= 40 then 'pending' when place <= 80 then 'in_progress'
      when u < 0.01 then 'needs_review' when u < 0.09 then 'failed' when u < 0.13 then 'cancelled' else 'completed' end as status,
    1 + floor(4 * pow(pg_temp.chance(n, 'cycles'), 4))::int as cycles,
    (array['test_fail', 'test_fail', 'test_fail', 'timeout', 'compile_error', 'lint_error', 'dependency_missing',
      'budget_exceeded', 'unknown', 'orchestration_error', 'contract_violation'])[1 + floor(11 * pg_temp.chance(n, 'class'))::int] as class,
    (array['anthropic/claude-sonnet-5', 'anthropic/claude-haiku-5', 'openai/gpt-6', 'gemini/gemini-4-pro'])[
      1 + floor(4 * pow(pg_temp.chance(n, 'model'), 2))::int] as model,
    (array['claude-code', 'codex', 'aider', 'patch'])[1 + floor(4 * pow(pg_temp.chance(n, 'agent'), 2))::int] as agent
  from (select n, work_orders - n + 1 as place, pg_temp.chance(n, 'status') as u,
      now() - interval '90 days' * (work_orders - n + pg_temp.chance(n, 'at')) / work_orders as at
    from given, generate_series(1, work_orders) n) numbered;
create index on orders (n);

insert into work_orders (id, project_id, title, description, acceptance, status, step, step_state, failure_class, failure,
    run, time_limit_ms, branch, base_branch, agent_runs, model_calls, input_tokens, output_tokens, cost_nano_usd,
    refinement_cycles, changed_by, requested_by, created_at, updated_at, finished_at, needs_approval, parked_at,
    parked_because)
  select id, project_id,
    (array['Mend', 'Rename', 'Speed up', 'Document', 'Test', 'Remove', 'Add', 'Move'])[1 + floor(8 * pg_temp.chance(n, 'verb'))::int]
      || ' the ' || (array['parser', 'login page', 'report of costs', 'queue', 'importer', 'search', 'cache', 'settings'])[
        1 + floor(8 * pg_temp.chance(n, 'noun'))::int] || ' of module ' || n % 977 || ', number ' || n,
    repeat('What is to be done, and why, in some words. ', 3 + (n % 20)), 'All tests pass.',
    status::work_order_status,
    case status when 'pending' then null when 'in_progress' then (array['generating', 'applying', 'verifying'])[1 + n % 3]
      when 'completed' then 'tracking' else 'verifying' end::work_order_step,
    case status when 'pending' then null when 'in_progress' then 'running' when 'needs_review' then 'manual_intervention_required'
      when 'failed' then 'exhausted' else 'done' end::work_order_step_state,
    case when status in ('failed', 'needs_review') then class end::failure_class,
    case when status in ('failed', 'needs_review') then jsonb_build_object('code', 'CHECK_FAILED', 'message',
      'The check test is red', 'advice', 'Look at its output.') end,
    case status when 'pending' then 0 else 1 end, 300000, 'moose/' || right(id::text, 8) || '-mend', 'main', cycles, 3 * cycles,
    9000 * cycles, 1200 * cycles, 0, cycles - 1, 'moose:1', 'human:ada', at,
    least(now(), at + interval '20 minutes' * cycles), case when status in ('completed', 'failed', 'cancelled') then
      least(now(), at + interval '20 minutes' * cycles) end,
    status = 'pending' and n % 4 = 0, case when status = 'needs_review' then at + interval '20 minutes' end,
    case when status = 'needs_review' then 'CHECK_FAILED' end
  from orders;

insert into runs (id, work_order_id, number, kind, first_step, state, outcome, executor, cycle, created_at, ended_at)
  select run_id, id, 1, 'work', 'routing', case status when 'in_progress' then 'running' else 'ended' end,
    case status when 'in_progress' then null when 'completed' then 'completed' when 'cancelled' then 'cancelled' else 'CHECK_FAILED' end,
    'moose', cycles - 1, at, case when status <> 'in_progress' then at + interval '20 minutes' * cycles end
  from orders where status <> 'pending';

insert into step_results (run_id, work_order_id, step, cycle, result, started_at, finished_at)
  select run_id, id, step::work_order_step, 0, result, at + interval '1 minute' * (place - 1), at + interval '1 minute' * place
  from orders, lateral (values
    (1, 'routing', jsonb_build_object('complexity', 0.4, 'tier', 'standard', 'models', jsonb_build_array(model), 'agent', agent,
      'envelopeNanoUsd', '2500000000')),
    (2, 'generating', jsonb_build_object('proposal', null, 'brief', 'Do it.', 'model', model, 'attempts', 1)),
    (3, 'applying', jsonb_build_object('outcome', 'changed', 'changedFiles', 3, 'agent', agent, 'summary', 'Done.')),
    (4, 'verifying', jsonb_build_object('isVerified', true, 'checks', jsonb_build_array(jsonb_build_object('kind', 'test',
      'command', 'npm test', 'passed', true, 'durationMs', 4000, 'outputTail', 'ok'))))
  ) as done (place, step, result) where status not in ('pending', 'in_progress') and (status = 'completed' or place < 4);

insert into work_order_events (work_order_id, at, kind, from_state, to_state, actor, reason, detail)
  select id, at + interval '1 minute' * place, kind, null, state, 'moose:1', 'on', detail
  from orders, lateral (values
    (0, 'transition', '{"status": "pending"}'::jsonb, '{}'::jsonb),
    (1, 'transition', '{"status": "in_progress", "step": "routing", "step_state": "running"}', '{}'),
    (2, 'step.finished', null, '{"step": "routing", "cycle": 0, "durationMs": 60000}'),
    (3, 'model.answered', null, '{"kind": "object", "inputTokens": 9000, "outputTokens": 1200, "serviceName": "proposer"}'),
    (4, 'step.finished', null, '{"step": "generating", "cycle": 0, "durationMs": 60000}'),
    (5, 'session.started', null, '{"purpose": "agent", "pid": 7}'),
    (6, 'session.ended', null, '{"exitCode": 0}'),
    (7, 'step.finished', null, '{"step": "verifying", "cycle": 0, "durationMs": 60000}')) as happened (place, kind, state, detail)
  where status <> 'pending' or place = 0;

insert into sessions (id, work_order_id, run_id, purpose, name, cycle, attempt, host, directory, command, state, exit_code,
    created_at, started_at, ended_at)
  select pg_temp.id_at(at, purpose, n), id, run_id, purpose, case purpose when 'agent' then agent else 'test' end, 0, 1, 'elsewhere',
    '/var/lib/moose/sessions/' || n, 'run', case when status = 'in_progress' and purpose = 'agent' then 'running' else 'exited' end,
    case when status = 'failed' and purpose = 'check' then 1 else 0 end, at + interval '3 minutes', at + interval '3 minutes', at + interval '4 minutes'
  from orders, (values ('agent'), ('check')) as of (purpose) where status <> 'pending';

insert into decision_logs (id, work_order_id, kind, agent_type, input_context, decision_output, created_at)
  select pg_temp.id_at(at, 'decision', n), id, 'routing', 'manager', jsonb_build_object('title', 'Mend it'),
    jsonb_build_object('complexity', 0.4, 'model', model, 'agent', agent), at
  from orders where status <> 'pending';

insert into outcome_vectors (id, work_order_id, run_id, success, model, agent, complexity, features, cost_nano_usd, duration_ms,
    refinement_cycles, failure_class, created_at)
  select pg_temp.id_at(at, 'outcome', n), id, run_id, status = 'completed', model, agent, pg_temp.chance(n, 'complexity'), '{}',
    50000000 * cycles, 240000 * cycles, cycles - 1, case when status <> 'completed' then class end::failure_class,
    at + interval '20 minutes' * cycles
  from orders where status not in ('pending', 'in_progress');

insert into effects (work_order_id, run_id, kind, key, state, detail, created_at)
  select id, run_id, kind, kind || ':' || id || place, state, jsonb_build_object('branch', 'moose/' || n,
    'repositoryPath', '/srv/service-' || n % 20) || detail, at
  from orders, lateral (values
    ('worktree', '@' || current_setting('bench.host'), case when status in ('in_progress', 'needs_review') then 'done' else 'undone' end,
      jsonb_build_object('host', current_setting('bench.host'), 'worktreePath', '/var/lib/moose/worktrees/mend-' || right(id::text, 8))),
    ('branch', '', case when status in ('failed', 'cancelled') then 'undone' else 'done' end, '{}'),
    ('push', '', case when status in ('failed', 'cancelled') then 'undone' else 'done' end, '{"sha": "none"}')
  ) as made (kind, place, state, detail) where status <> 'pending' and (kind <> 'push' or status = 'completed');
