// The OpenAPI document describes what the server does: schemathesis sends valid and invalid requests, and the document
// must contain every answer. MOOSE_TEST_SEED repeats the same requests, MOOSE_TEST_FUZZ_MINUTES sends more.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, type TestContext, test } from 'vitest';
import type { ApiRole } from '../../src/domain/people/api-role.ts';
import { addToken, newToken } from '../../src/store/access/api-tokens.ts';
import { cloneDatabase } from '../database.ts';
import { startFaultyInterface } from '../fuzz/faulty-interface.ts';
import { installSchemathesis } from '../fuzz/install-schemathesis.ts';
import { type FuzzOptions, runSchemathesis } from '../fuzz/run-schemathesis.ts';
import { type ServedWeek, serveWeek } from '../week/serve-week.ts';

const seed = Number(process.env.MOOSE_TEST_SEED ?? 1 + Math.floor(Math.random() * 1_000_000));
const minutes = process.env.MOOSE_TEST_FUZZ_MINUTES;
const secondsMax = minutes === undefined ? null : Math.round(Number(minutes) * 60);
/**
 * Each operation is tested completely, however long random requests are sent; the first run also installs schemathesis.
 */
const timeoutMs = (secondsMax ?? 0) * 1_000 + 600_000;
const webhookSecret = 'github knows it too';

async function servedWeek({
  onTestFinished,
}: TestContext): Promise<{ week: ServedWeek; tokens: Record<ApiRole, string> }> {
  const cloned = await cloneDatabase();
  onTestFinished(() => cloned.drop());
  const week = await serveWeek({
    databaseUrl: cloned.url,
    dataDirectory: await mkdtemp(join(tmpdir(), 'moose-fuzzed-')),
    workOrders: 60,
    env: { MOOSE_GITHUB_WEBHOOK_SECRET: webhookSecret },
  });
  onTestFinished(() => week.close());
  const tokens = { viewer: newToken(), operator: newToken(), admin: newToken() };
  for (const [role, token] of Object.entries(tokens) as Array<[ApiRole, string]>)
    await addToken(week.opened.database.query, token, { name: role, role, createdBy: 'test' });
  return { week, tokens };
}

async function knownIn({ opened: { database } }: ServedWeek): Promise<NonNullable<FuzzOptions['known']>> {
  const of = async (table: 'work_orders' | 'escalations' | 'error_events' | 'sessions' | 'system_alerts') => {
    const { rows } = await sql<{
      id: string;
    }>`select id from ${sql.table(table)} order by id limit 12`.execute(database.query);
    return rows.map(({ id }) => id);
  };
  const escalations = await of('escalations');
  return {
    '/api/work-orders/': await of('work_orders'),
    '/api/escalations/': escalations,
    '/api/client-manager/': escalations,
    '/api/errors/': await of('error_events'),
    '/api/sessions/': await of('sessions'),
    '/api/alerts/': await of('system_alerts'),
    '/api/circuits/': ['provider:anthropic', 'agent:claude-code', 'model:anthropic/claude-sonnet-5'],
    '/api/settings/': ['settings.models.light', 'budget.daily_limit_usd'],
  };
}

async function fuzz(options: Partial<FuzzOptions> & Pick<FuzzOptions, 'url' | 'token'>) {
  process.stdout.write(`MOOSE_TEST_SEED=${seed}\n`);
  const phases = ['coverage', 'fuzzing'] as const;
  const result = await runSchemathesis({
    program: await installSchemathesis(),
    seed,
    secondsMax,
    phases,
    ...options,
  });
  const { operations, cases, seconds } = result;
  process.stdout.write(`${operations} operations, ${cases} cases in ${seconds} s\n`);
  return result;
}

// The first two mostly wait for answers, each on a server of its own, so they run at the same time.
test.concurrent(
  'R-UI-1: for every request, the answer is one in the document, and none is a failure of the server',
  async (context) => {
    const { expect } = context;
    const { week, tokens } = await servedWeek(context);
    const { findings, output, operations } = await fuzz({
      url: week.url,
      token: tokens.admin,
      known: await knownIn(week),
      webhookSecret,
      // No worker is running here, so it answers 503, as documented.
      without: ['/readyz'],
    });
    expect(findings, output).toEqual([]);
    expect(operations).toBeGreaterThan(60);
  },
  timeoutMs,
);

test.concurrent(
  'R-SEC-1: no request of a viewer changes anything',
  async (context) => {
    const { expect } = context;
    const { week, tokens } = await servedWeek(context);
    const counted = async () => {
      const { rows } = await sql`
        select (select count(*) from work_orders) as work_orders,
          (select jsonb_agg(to_jsonb(w) - 'updated_at' order by id) from work_orders w) as each_of_them,
          (select jsonb_agg(to_jsonb(e) order by id) from escalations e) as escalations,
          (select jsonb_agg(to_jsonb(s) order by key) from system_config s where key not like 'own.%') as settings,
          (select count(*) from api_tokens) as tokens, (select count(*) from specs) as specs,
          (select count(*) from audit_log) as acts`.execute(week.opened.database.query);
      return rows;
    };
    const before = await counted();
    const { findings, output } = await fuzz({
      url: week.url,
      token: tokens.viewer,
      known: await knownIn(week),
      without: ['/readyz'],
      phases: ['coverage'],
    });
    expect(findings, output).toEqual([]);
    expect(await counted()).toEqual(before);
  },
  timeoutMs,
);

test(
  'fear: the test does not notice a server that violates its own document',
  async () => {
    const { url } = await startFaultyInterface();
    const { exitCode, findings } = await fuzz({ url, token: 'any' });
    expect(exitCode).toBe(1);
    expect(findings).toEqual([
      'GET /api/breaks: ST101 Server error',
      'GET /api/breaks: ST103 Undocumented status code',
      'GET /api/hides: ST103 Undocumented status code',
      'GET /api/lies: ST108 Response violates schema',
    ]);
  },
  timeoutMs,
);
