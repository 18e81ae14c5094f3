import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { eventually } from '../../../test/e2e/eventually.fixture.ts';
import { writeWeek } from '../../../test/week/week.ts';
import { startLiveFeed } from '../../engine/background/live/live-feed.ts';
import { defaultSettings } from '../../engine/policy/engine-settings.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { createMetrics } from './metrics.ts';

const rulesPath = fileURLToPath(new URL('../../../observability/', import.meta.url));

async function metricsOver(database: Database) {
  const feed = startLiveFeed({ database, onFailure: () => undefined });
  await feed.ready;
  const metrics = createMetrics({
    database,
    clock: systemClock,
    feed,
    version: '1.2.3',
    host: 'here',
    stuck: async () => [{ id: 'one' }],
    targets: () => defaultSettings.targets,
    disagreeing: async () => 2,
  });
  onTestFinished(async () => {
    metrics.close();
    await feed.close();
  });
  return metrics;
}

/** The value of a metric line, by its name and its labels as written. */
function told(text: string, series: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

test('R-UI-5: the metrics report state and events, and Prometheus accepts their format', async () => {
  const database = await testDatabase();
  const dataDirectory = await scratchFolder();
  await writeWeek({ url: database.url, dataDirectory, workOrders: 80 });
  const metrics = await metricsOver(database);
  const before = await metrics.scrape();
  expect(told(before, 'moose_work_orders{status="completed"}')).toBeGreaterThan(20);
  expect(told(before, 'moose_budget_limit_usd{window="day"}')).toBeGreaterThanOrEqual(100);
  expect(told(before, 'moose_circuit_open{key="model:openai/gpt-5.2-mini",kind="model"}')).toBe(1);
  expect(told(before, 'moose_sessions_disagreeing{host="here"}')).toBe(2);

  const { id } = await database.query
    .insertInto('errorEvents')
    .values({
      id: crypto.randomUUID(),
      errorType: 'X',
      severity: 'low',
      component: 'git',
      operation: 'push',
      errorMessage: '',
      failureClass: 'timeout',
      category: 'transient',
      fingerprint: 'f',
      step: 'applying',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await database.query
    .updateTable('errorEvents')
    .set({ recoverySuccess: true, recoveryStrategy: 'retry' })
    .where('id', '=', id)
    .execute();
  const text = await eventually(async () => {
    const now = await metrics.scrape();
    expect(told(now, 'moose_recoveries_total{strategy="retry",outcome="recovered"}')).toBe(1);
    return now;
  });
  const error = 'moose_errors_total{failure_class="timeout",component="git",category="transient"}';
  expect(told(text, error)).toBe(1);
  expect(told(text, 'moose_errors_without_text_total')).toBe(1);
  expect(told(text, 'moose_steps_failed_total{step="applying"}')).toBe(1);
  const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  // Prometheus' linter objects to some of Node's own metric names, so only Moose's are checked.
  expect(
    `${checked.stderr}${checked.stdout}`.split('\n').filter((line) => line.startsWith('moose_')),
  ).toEqual([]);
});

test('R-UI-5: the alert rules are valid, fire when they should, and use only existing metrics', async () => {
  const alerts = execFileSync('promtool', ['check', 'rules', `${rulesPath}alerts.yml`], { encoding: 'utf8' });
  expect(alerts).toContain('SUCCESS');
  const tried = spawnSync('promtool', ['test', 'rules', `${rulesPath}alerts.test.yml`], { encoding: 'utf8' });
  expect({ status: tried.status, said: tried.stderr }).toMatchObject({ status: 0 });

  const metrics = await metricsOver(await testDatabase());
  const known = new Set([...(await metrics.scrape()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const asked = readdirSync(rulesPath)
    .filter((name) => !name.includes('.test.'))
    .flatMap((name) => [...readFileSync(`${rulesPath}${name}`, 'utf8').matchAll(/\bmoose_[a-z_0-9]+/g)])
    .map(([name]) => name.replace(/_(bucket|count|sum)$/, ''));
  expect(asked.length).toBeGreaterThan(30);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

test('R-UI-5: fear: an alert misses the first event after a start, because a line begins with it', async () => {
  const database = await testDatabase();
  const directory = await scratchFolder();
  await writeWeek({ url: database.url, dataDirectory: directory, workOrders: 20 });
  const metrics = await metricsOver(database);
  const before = await metrics.scrape();
  const asked = readFileSync(`${rulesPath}alerts.yml`, 'utf8').matchAll(/increase\((moose_[a-z_]+)/g);
  for (const name of new Set([...asked].map(([, each]) => each)))
    expect(before, name).toMatch(new RegExp(`^${name}(?:\\{.*\\})? 0$`, 'm'));
  const { id } = await database.query
    .selectFrom('sessions')
    .select('id')
    .where('purpose', '=', 'agent')
    .executeTakeFirstOrThrow();
  await database.query.updateTable('sessions').set({ state: 'lost' }).where('id', '=', id).execute();
  const series = 'moose_sessions_lost_total{purpose="agent"}';
  const after = await eventually(async () => {
    const now = told(await metrics.scrape(), series);
    expect(now).toBe(1);
    return now;
  });
  // The rule sees what this Moose has exported.
  const test = {
    interval: '1m',
    input_series: [{ series, values: `${told(before, series) ?? '_'}x10 ${after}x50` }],
    promql_expr_test: [
      {
        expr: 'count(ALERTS{alertname="MooseSessionDiedWithoutCompletion",alertstate="firing"})',
        eval_time: '12m',
        exp_samples: [{ labels: '{}', value: 1 }],
      },
    ],
  };
  const file = join(directory, 'first.test.yml');
  const document = { rule_files: [`${rulesPath}alerts.yml`], evaluation_interval: '1m', tests: [test] };
  await writeFile(file, JSON.stringify(document));
  const tried = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
  expect({ status: tried.status, said: tried.stderr }).toMatchObject({ status: 0 });
});

async function scratchFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-metrics-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
