// What the pages are told when a row changes: one function serves all tables, by the arguments of its triggers.
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../../test/database.ts';
import { enterOwnSchema } from '../schema/own-schema.ts';

type Told = [topic: string, subject: string | null, workOrder: string | null, detail: object];

const idOf = (number: number) => `00000000-0000-7000-8000-0000000000${number + 10}`;
const project = idOf(0);
const order = idOf(1);
const child = idOf(2);
const row = idOf(3);
const spec = idOf(4);
const later = idOf(5);

/** Each statement, and what it tells: exactly what the function of each table told before there was one for all. */
const cases: readonly [statement: string, told: Told[]][] = [
  [`insert into projects (id, name, repository_path) values ('${project}', 'api', '/srv/api')`, []],
  [
    `insert into work_orders (id, project_id, spec_id, settings, status) values ('${order}', '${project}', '${spec}', '{"group": {"group": "${order}"}}', 'pending'), ('${child}', '${project}', null, '{}', 'pending')`,
    [
      ['work_order', order, order, { kind: 'transition', status: 'pending' }],
      ['work_order', child, child, { kind: 'transition', status: 'pending' }],
    ],
  ],
  [
    `insert into work_order_groups (id, size) values ('${order}', 2); insert into group_members (work_order_id, group_id) values ('${order}', '${order}'), ('${child}', '${order}')`,
    [],
  ],
  [
    `update group_members set result = 'passed' where work_order_id = '${child}'`,
    [
      ['work_order', order, order, { kind: 'group' }],
      ['work_order', child, child, { kind: 'group' }],
    ],
  ],
  [
    `update work_order_groups set size = 3`,
    [
      ['work_order', order, order, { kind: 'group' }],
      ['work_order', child, child, { kind: 'group' }],
    ],
  ],
  [
    `update work_orders set status = 'in_progress', step = 'routing', step_state = 'running' where id = '${order}'`,
    [
      ['work_order', order, order, { kind: 'group' }],
      ['work_order', child, child, { kind: 'group' }],
      [
        'work_order',
        order,
        order,
        {
          kind: 'transition',
          step: 'routing',
          status: 'in_progress',
          step_state: 'running',
          from_status: 'pending',
        },
      ],
      ['spec', spec, null, {}],
    ],
  ],
  [`update work_orders set title = 'told by nobody'`, []],
  [`update work_orders set parent_id = null where id = '${child}'`, []],
  [
    `insert into work_orders (id, project_id, parent_id, status) values ('${row}', '${project}', '${child}', 'pending')`,
    [['work_order', row, row, { kind: 'transition', status: 'pending' }]],
  ],
  [
    `update work_orders set pull_request_url = 'https://forge/1' where id = '${row}'`,
    [['work_order', child, child, { kind: 'subtask' }]],
  ],
  [
    `update work_orders set status = 'in_progress' where id = '${child}'`,
    [
      ['work_order', row, row, { kind: 'subtask' }],
      ['work_order', child, child, { kind: 'transition', status: 'in_progress', from_status: 'pending' }],
    ],
  ],
  [
    `insert into work_order_events (work_order_id, kind, to_state, from_state, detail) values ('${order}', 'step.finished', '{"status": "completed", "step": "tracking", "step_state": "done"}', '{"status": "in_progress", "step": null}', '{"step": "verifying", "durationMs": 12.5}')`,
    [
      [
        'work_order',
        order,
        order,
        {
          kind: 'step.finished',
          step: 'verifying',
          status: 'completed',
          step_state: 'done',
          duration_ms: 12.5,
          from_status: 'in_progress',
        },
      ],
    ],
  ],
  [
    `insert into work_order_events (work_order_id, kind, to_state, detail) values ('${order}', 'transition', '{"step": "routing"}', '{"step": null, "durationMs": null}')`,
    [['work_order', order, order, { kind: 'transition', step: 'routing' }]],
  ],
  [
    `insert into error_events (id, work_order_id, error_type, failure_class, category, severity, component, error_message, step, metadata, recovery_strategy) values ('${row}', '${order}', 'CHECK_FAILED', 'test_fail', 'permanent', 'high', 'checks', 'red', 'verifying', '{"hasWholeEvidence": true}', 'retry')`,
    [
      [
        'error',
        row,
        order,
        {
          act: 'insert',
          code: 'CHECK_FAILED',
          step: 'verifying',
          category: 'permanent',
          has_text: true,
          severity: 'high',
          strategy: 'retry',
          component: 'checks',
          recovered: null,
          has_evidence: true,
          failure_class: 'test_fail',
        },
      ],
    ],
  ],
  [
    `insert into error_events (id, error_type, failure_class, category, severity, component, error_message) values ('${later}', 'DISK_FULL', 'unknown', 'transient', 'low', 'store', '')`,
    [
      [
        'error',
        later,
        null,
        {
          act: 'insert',
          code: 'DISK_FULL',
          step: null,
          category: 'transient',
          has_text: false,
          severity: 'low',
          strategy: null,
          component: 'store',
          recovered: null,
          has_evidence: null,
          failure_class: 'unknown',
        },
      ],
    ],
  ],
  [
    `update error_events set recovery_success = true where id = '${row}'`,
    [
      [
        'error',
        row,
        order,
        {
          act: 'update',
          code: 'CHECK_FAILED',
          step: 'verifying',
          category: 'permanent',
          has_text: true,
          severity: 'high',
          strategy: 'retry',
          component: 'checks',
          recovered: true,
          has_evidence: true,
          failure_class: 'test_fail',
        },
      ],
    ],
  ],
  [`update error_events set retry_count = 1`, []],
  [
    `insert into escalations (id, work_order_id, failure_class) values ('${row}', '${order}', 'timeout')`,
    [['escalation', row, order, { act: 'insert', status: 'open', failure_class: 'timeout' }]],
  ],
  [
    `update escalations set status = 'resolved'`,
    [['escalation', row, order, { act: 'update', status: 'resolved', failure_class: 'timeout' }]],
  ],
  [
    `insert into sessions (id, work_order_id, state, purpose, name, created_at) values ('${row}', '${order}', 'running', 'agent', 'claude', '2026-03-01T10:00:00Z')`,
    [
      [
        'session',
        row,
        order,
        {
          act: 'insert',
          name: 'claude',
          state: 'running',
          signal: null,
          purpose: 'agent',
          lived_ms: null,
          exit_code: null,
          noticed_after_ms: null,
        },
      ],
    ],
  ],
  [
    `update sessions set state = 'ended', exit_code = 1, signal = 'SIGTERM', ended_at = '2026-03-01T10:00:01.2345Z'`,
    [
      [
        'session',
        row,
        order,
        {
          act: 'update',
          name: 'claude',
          state: 'ended',
          signal: 'SIGTERM',
          purpose: 'agent',
          lived_ms: 1235,
          exit_code: 1,
          noticed_after_ms: expect.any(Number),
        },
      ],
    ],
  ],
  [`update sessions set exit_code = 2`, []],
  [
    `insert into system_alerts (id, severity, component) values ('${row}', 'high', 'budget')`,
    [['alert', row, null, { act: 'insert', is_open: true, severity: 'high', component: 'budget' }]],
  ],
  [
    `update system_alerts set resolved_at = now()`,
    [['alert', row, null, { act: 'update', is_open: false, severity: 'high', component: 'budget' }]],
  ],
  [
    `insert into drifts (id, kind, subject) values ('${row}', 'branch', 'x')`,
    [['alert', row, null, { act: 'drift', is_open: true }]],
  ],
  [`update drifts set ended_at = now()`, [['alert', row, null, { act: 'drift', is_open: false }]]],
  [
    `insert into circuit_states (key, kind, phase) values ('provider:a', 'provider', 'open')`,
    [['circuit', 'provider:a', null, { kind: 'provider', phase: 'open', held_by: null }]],
  ],
  [
    `update circuit_states set held_by = 'human:ada'`,
    [['circuit', 'provider:a', null, { kind: 'provider', phase: 'open', held_by: 'human:ada' }]],
  ],
  [`update circuit_states set openings = 2`, []],
  [
    `insert into degradations (id, key, work_order_id) values ('${row}', 'disk', '${order}')`,
    [['degradation', 'disk', order, { act: 'insert' }]],
  ],
  [`update degradations set until = now()`, [['degradation', 'disk', order, { act: 'update' }]]],
  [
    `insert into forecasts (id, key, work_order_id) values ('${row}', 'budget', null)`,
    [['forecast', 'budget', null, { act: 'insert' }]],
  ],
  [`update forecasts set ended_at = now()`, [['forecast', 'budget', null, { act: 'update' }]]],
  [
    `insert into spending_limits (kind, subject) values ('person', 'ada')`,
    [['setting', 'spending_limits', null, { act: 'insert' }]],
  ],
  [
    `update spending_limits set monthly_nano_usd = 5`,
    [['setting', 'spending_limits', null, { act: 'update' }]],
  ],
  [`delete from spending_limits`, [['setting', 'spending_limits', null, { act: 'delete' }]]],
  [
    `insert into schedules (id, name) values ('${row}', 'nightly')`,
    [['schedule', row, null, { act: 'insert' }]],
  ],
  [`update schedules set paused_by = 'human:ada'`, [['schedule', row, null, { act: 'update' }]]],
  [
    `insert into schedule_runs (schedule_id, due_at, outcome) values ('${row}', '2026-03-01T10:00:00Z', 'waiting')`,
    [['schedule', row, null, { outcome: 'waiting' }]],
  ],
  [`update schedule_runs set outcome = 'submitted'`, [['schedule', row, null, { outcome: 'submitted' }]]],
  [`insert into specs (id, name) values ('${spec}', 'shop')`, [['spec', spec, null, {}]]],
  [`update specs set name = 'store'`, [['spec', spec, null, {}]]],
  [`insert into plannings (id, spec_id) values ('${row}', '${spec}')`, [['spec', spec, null, {}]]],
  [`update plannings set calls = 1`, [['spec', spec, null, {}]]],
  [
    `insert into spec_plans (id, spec_id, version) values ('${row}', '${spec}', 1)`,
    [['spec', spec, null, {}]],
  ],
  [
    `insert into contract_checks (spec_id, name, work_order_id, role) values ('${spec}', 'api', '${order}', 'provider')`,
    [['spec', spec, null, {}]],
  ],
  [`update contract_checks set state = 'changed'`, [['spec', spec, null, {}]]],
];

/** The rows have only what is told of them. */
const dropConstraints = `do $$ declare c record; begin
  for c in select conrelid::regclass as of, conname as name from pg_constraint
    where connamespace = 'moose'::regnamespace and contype in ('f', 'c')
  loop execute format('alter table %s drop constraint %I', c.of, c.name); end loop;
  for c in select attrelid::regclass as of, attname as name from pg_attribute join pg_class t on t.oid = attrelid
    where t.relnamespace = 'moose'::regnamespace and t.relkind = 'r' and attnum > 0 and attnotnull and attidentity = ''
      and not exists (select from pg_index i where i.indrelid = attrelid and i.indisprimary and attnum = any (i.indkey))
  loop execute format('alter table %s alter column %I drop not null', c.of, c.name); end loop;
end $$`;

async function aClient(): Promise<pg.Client> {
  const { url, drop } = await cloneDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await drop();
  });
  await enterOwnSchema(client);
  await client.query(dropConstraints);
  return client;
}

async function toldBy(client: pg.Client, statement: string): Promise<Told[]> {
  await client.query('truncate live_events');
  await client.query(statement);
  const { rows } = await client.query<{ told: Told }>(
    'select jsonb_build_array(topic, subject, work_order_id, detail) as told from live_events order by id',
  );
  return rows.map(({ told }) => told);
}

test('R-UI-1: of each changed row, the pages are told what they need, whatever its table', async () => {
  const client = await aClient();
  const told: [string, Told[]][] = [];
  for (const [statement] of cases) told.push([statement, await toldBy(client, statement)]);
  expect(told).toEqual(cases);
});

test('every trigger that tells the pages is called by a case', async () => {
  const client = await aClient();
  const { rows } = await client.query<{ name: string }>(
    `select distinct tgrelid::regclass::text as name from pg_trigger join pg_proc p on p.oid = tgfoid
     where p.pronamespace = 'moose'::regnamespace and p.proname in ('live', 'members_live')`,
  );
  const told = cases.filter(([, events]) => events.length > 0).map(([statement]) => statement);
  const silent = rows.filter(
    ({ name }) => !told.some((statement) => new RegExp(`(into|update|from) ${name}\\b`).test(statement)),
  );
  expect(silent).toEqual([]);
});
