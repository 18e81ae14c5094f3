-- What goes wrong, much of it again and again; what people were asked; what was watched meanwhile.

insert into error_events (id, timestamp, error_type, severity, component, operation, error_message, failure_class, category,
    work_order_id, run_id, step, attempt, fingerprint, recovery_strategy, recovery_success, retry_count, resolution_time_ms, metadata,
    rule, confidence, resolved_at)
  select pg_temp.id_at(e.at, 'error', e.n), e.at, 'CODE_' || kind, (array['low', 'medium', 'high', 'critical'])[1 + kind % 4],
    (array['models', 'git', 'pipeline', 'sessions', 'database', 'agents', 'gateway'])[1 + kind % 7], 'operation-' || kind % 5,
    'What went wrong, of the kind ' || kind || ', with the number ' || e.n,
    (array['test_fail', 'timeout', 'compile_error', 'lint_error', 'dependency_missing', 'unknown', 'orchestration_error'])[1 + kind % 7]::failure_class,
    (array['transient', 'permanent', 'external', 'configuration'])[1 + kind % 4], o.id, o.run_id,
    (array['generating', 'applying', 'verifying'])[1 + kind % 3]::work_order_step, 1, substr(md5('fingerprint' || kind), 1, 16),
    (array['retry', 'fallback', 'refine', 'escalate'])[1 + kind % 4],
    case when e.at < now() - interval '1 hour' then pg_temp.chance(e.n, 'recovered') < 0.9 end, 1, 1500,
    jsonb_build_object('model', o.model, 'hasWholeEvidence', true, 'advice', 'Look at it.'), 'rule-' || kind, 0.9, e.at + interval '2 seconds'
  from (select n, now() - interval '90 days' * (error_events - n + pg_temp.chance(n, 'at')) / error_events as at,
      -- A few kinds are most of them.
      floor(200 * pow(pg_temp.chance(n, 'kind'), 4))::int as kind,
      greatest(1, ceil(n::float8 * work_orders / error_events))::int as order_n
    from given, generate_series(1, error_events) n) e
    left join orders o on o.n = e.order_n and pg_temp.chance(e.n, 'order') < 0.7;

insert into escalations (id, work_order_id, failure_class, title, context, options, recommended_option, status, chosen_option,
    resolved_by, resolved_at, created_at, code, run_id, updated_at)
  select pg_temp.id_at(at, 'escalation', n), id, class::failure_class, 'The checks of number ' || n || ' are red', '{"evidence": "red"}',
    '[{"id": "retry", "kind": "retry", "label": "Retry it", "command": "moose answer x retry", "costNanoUsd": "500000000", "risk": "low", "chance": 0.5, "chanceOf": 10, "chanceBasis": "history", "needsNote": false}]',
    'retry', case when status = 'needs_review' and n % 3 = 0 then 'open' else 'resolved' end,
    case when status = 'needs_review' and n % 3 = 0 then null else 'retry' end,
    case when status = 'needs_review' and n % 3 = 0 then null else 'human:ada' end,
    case when status = 'needs_review' and n % 3 = 0 then null else at + interval '1 hour' end, at + interval '20 minutes', 'CHECK_FAILED', run_id, at
  from orders where status in ('failed', 'needs_review');

insert into system_alerts (id, severity, component, message, code, key, created_at, resolved_at, resolved_by)
  select pg_temp.id_at(at, 'alert', n), 'high', 'budget', 'Eighty percent of the day is spent', 'BUDGET_WARNING', 'alert-' || n, at,
    case when n <= 1980 then at + interval '1 hour' end, case when n <= 1980 then 'moose' end
  from (select n, now() - interval '1 hour' * (2000 - n) as at from generate_series(1, 2000) n) a;

insert into circuit_states (key, kind, phase, generation, state, updated_by, opened_at, openings)
  select 'model:provider/m' || n, 'model', case when n = 1 then 'open' else 'closed' end, 1,
    '{"phase": "closed", "failures": [], "successes": 0}', 'bench', now() - interval '1 minute', n % 5 from generate_series(1, 30) n;

insert into degradations (id, key, feature, because, since, until)
  select pg_temp.id_at(at, 'degradation', n), 'review:' || n, 'review of proposals', 'the reviewer is away', at,
    case when n <= 497 then at + interval '10 minutes' end
  from (select n, now() - interval '4 hours' * (500 - n) as at from generate_series(1, 500) n) d;

insert into forecasts (id, key, signal, component, subject, value, threshold, message, raised_at, ended_at, came_true)
  select pg_temp.id_at(at, 'forecast', n), 'rate:' || n, 'failure_rate', 'model', 'anthropic/claude-sonnet-5', 0.4, 0.3, 'More fail than is usual.', at,
    case when n <= 998 then at + interval '1 hour' end, case when n <= 998 then n % 3 > 0 end
  from (select n, now() - interval '2 hours' * (1000 - n) as at from generate_series(1, 1000) n) f;

insert into audit_log (at, actor, act, subject, detail)
  select now() - interval '1 minute' * (100000 - n), 'human:ada', 'escalation.answer', n::text, '{"option": "retry"}' from generate_series(1, 100000) n;

insert into live_events (topic, subject, at) select 'work_order', n::text, now() - interval '1 second' * (50000 - n) from generate_series(1, 50000) n;

insert into specs (id, name, content, estimate, created_by, created_at)
  select pg_temp.id_at(at, 'spec', n), 'A spec with the number ' || n, repeat('What it is about. ', 500), jsonb_build_object('tokens', 2000,
    'sections', 3, 'architect_model', 'anthropic/claude-sonnet-5', 'architect_usd', 0.1, 'work_orders', jsonb_build_object('low', 3, 'high', 6),
    'work_usd', jsonb_build_object('low', 1, 'high', 6), 'basis', 'history', 'warnings', '[]'::jsonb), 'human:ada', at
  from (select n, now() - interval '10 hours' * (200 - n) as at from generate_series(1, 200) n) s;
