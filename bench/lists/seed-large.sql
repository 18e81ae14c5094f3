-- One work order of which there is much of everything: ten thousand events, five hundred errors, and as many calls and sessions.

create temp table large as select * from orders where status = 'failed' order by n desc limit 1;

insert into work_order_events (work_order_id, at, kind, to_state, actor, reason, detail)
  select id, large.at + interval '100 milliseconds' * e, case e % 4 when 0 then 'transition' when 1 then 'model.answered' when 2 then 'check.finished'
    else 'progress' end, case e % 4 when 0 then '{"status": "in_progress", "step": "generating", "step_state": "retrying"}'::jsonb end,
    'moose:1', 'again', '{"kind": "object", "inputTokens": 10, "outputTokens": 10, "command": "npm test", "passed": true, "durationMs": 10, "fact": "x"}'
  from large, generate_series(1, 10000) e;

insert into error_events (id, timestamp, error_type, severity, component, operation, error_message, stack, failure_class, category,
    work_order_id, run_id, step, attempt, fingerprint, recovery_strategy, rule, confidence)
  select pg_temp.id_at(large.at, 'large', e), large.at + interval '2 seconds' * e, 'CHECK_FAILED', 'medium', 'pipeline', 'verify',
    'The check is red: ' || repeat('x', 500), repeat('at some place\n', 100), 'test_fail', 'permanent', id, run_id, 'verifying', e, 'large', 'refine', 'jest', 0.9
  from large, generate_series(1, 500) e;

insert into sessions (id, work_order_id, run_id, purpose, name, cycle, attempt, host, directory, command, state, exit_code, created_at, started_at, ended_at)
  select pg_temp.id_at(large.at, 'large-session', s), id, run_id, 'check', 'test', s, 2, 'elsewhere', '/nowhere', 'npm test', 'exited', 1,
    large.at + interval '2 seconds' * s, large.at + interval '2 seconds' * s, large.at + interval '2 seconds' * s from large, generate_series(1, 500) s;

insert into step_results (run_id, work_order_id, step, cycle, result, started_at, finished_at)
  select run_id, id, 'verifying', c, jsonb_build_object('isVerified', true, 'feedback', jsonb_build_object('summary', 'The check test is red.'),
    'checks', jsonb_build_array(jsonb_build_object('kind', 'test', 'command', 'npm test', 'passed', false, 'durationMs', 4000, 'outputTail', repeat('red ', 4000)))),
    large.at + interval '10 seconds' * c, large.at + interval '10 seconds' * c + interval '9 seconds' from large, generate_series(1, 100) c;

insert into artifacts (id, work_order_id, run_id, cycle, kind, content)
  select pg_temp.id_at(large.at, 'patch', 1), id, run_id, 0, 'patch', convert_to((select string_agg('diff --git a/f' || f || ' b/f' || f || E'\n--- a/f' || f || E'\n+++ b/f' || f
    || E'\n@@ -1,1 +1,200 @@\n-old\n' || repeat(E'+a line that is new\n', 200), '') from generate_series(1, 500) f), 'UTF8') from large;
