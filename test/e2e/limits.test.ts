// One session takes all memory, forks without end or keeps all processors busy. Only that session ends or slows: PostgreSQL,
// the pages, the gateway and another session go on (R-MACHINE-1). Without control groups, it is skipped.
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Serving, serve } from '../../src/app/serve.ts';
import { probeLimits } from '../../src/sessions/limits/probe-limits.ts';
import { processesOf } from '../../src/sessions/limits/session-group.ts';
import { until } from '../../src/stdx/async/until.fixture.ts';
import { sessionsOf } from '../../src/store/work/sessions/session-rows.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';

const { roots, reason } = await probeLimits();
const limited = test.skipIf(roots === null);
if (roots === null) process.stderr.write(`without control groups: ${reason}\n`);

const processesMax = 200;
let ground: Ground;
let serving: Serving;
beforeAll(async () => {
  ground = await openGround({
    MOOSE_SESSION_MEMORY_MB: '128',
    MOOSE_SESSION_PROCESSES: String(processesMax),
    MOOSE_RETURN_MS: '1000',
  });
  serving = await serve(ground.opened, ground.config, { version: 'test', port: 0, worker: () => null });
});
afterAll(async () => {
  await serving.close();
  await ground.close();
});

const samples = 30;
/** Far above what a query or a page takes, and far below what it takes on a machine without free processors or memory. */
const goalMs = 500;
const ratioMax = 10;

async function medianMs(act: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let count = 0; count < samples; count += 1) {
    const from = performance.now();
    await act();
    taken.push(performance.now() - from);
  }
  return taken.sort((one, other) => one - other)[samples / 2] ?? 0;
}

const query = () =>
  ground.opened.database.run((connection) => sql`select count(*) from work_orders`.execute(connection));
const page = async () => {
  const answer = await fetch(`${serving.url}/healthz`);
  expect(answer.status).toBe(200);
  await answer.text();
};

interface Measured {
  queryMs: number;
  pageMs: number;
}

const measure = async (): Promise<Measured> => ({
  queryMs: await medianMs(query),
  pageMs: await medianMs(page),
});

function assertWithinGoals(during: Measured, quiet: Measured): void {
  for (const name of ['queryMs', 'pageMs'] as const)
    expect(during[name], name).toBeLessThan(Math.max(goalMs, quiet[name] * ratioMax));
}

/** A work order whose check waits until the test has seen its limits, then runs the script. */
async function attack(script: string) {
  const go = join(ground.shared, crypto.randomUUID());
  const command = `until [ -e ${go} ]; do sleep 0.1; done; ${script}`;
  const { id } = await ground.submit({ checks: [{ kind: 'test', command, source: 'given' }] });
  const session = await until('the session of the check', async () => {
    const sessions = await ground.opened.database.run((connection) => sessionsOf(connection, id as never));
    const found = sessions.find(({ purpose, state }) => purpose === 'check' && state === 'running');
    return found && processesOf(found.directory).length > 0 ? found : null;
  });
  const note = await readFile(join(session.directory, 'groups'), 'utf8');
  const pids =
    note
      .split('\n')
      .find((line) => /^[12] \S*pids/.test(line))
      ?.split(' ')[2] ?? '';
  expect((await readFile(join(pids, 'pids.max'), 'utf8')).trim()).toBe(String(processesMax));
  return { id, session, pids, begin: () => writeFile(go, '') };
}

async function assertOthersGoOn(): Promise<void> {
  const other = await ground.submit({});
  expect(await ground.settled(other.id)).toMatchObject({ status: 'completed' });
}

async function assertNamed(id: string, code: string): Promise<void> {
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'needs_review', counters: { refinement_cycles: 0 } });
  expect(detail.errors).toMatchObject([{ code }]);
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
}

limited('R-MACHINE-1: a check that takes all memory ends alone, and is named', async () => {
  const quiet = await measure();
  const { id, begin, pids } = await attack(
    `python3 -c 'import time; held = [bytearray(1 << 20) for _ in range(256)]; time.sleep(60)'`,
  );
  await begin();
  assertWithinGoals(await measure(), quiet);
  await assertOthersGoOn();
  await assertNamed(id, 'SESSION_OUT_OF_MEMORY');
  expect(existsSync(pids)).toBe(false);
});

limited('R-MACHINE-1: a check that forks without end ends alone, and is named', async () => {
  const quiet = await measure();
  const { id, begin, pids } = await attack('bomb() { bomb | bomb & }; bomb; sleep 60');
  await begin();
  assertWithinGoals(await measure(), quiet);
  await assertOthersGoOn();
  await assertNamed(id, 'SESSION_OUT_OF_PROCESSES');
  expect(existsSync(pids)).toBe(false);
});

limited('R-MACHINE-1: eight busy loops slow only their own session', async () => {
  const quiet = await measure();
  const running = join(ground.shared, 'running');
  await writeFile(running, '');
  const { id, begin } = await attack(
    `for one in 1 2 3 4 5 6 7 8; do while [ -e ${running} ]; do :; done & done; wait`,
  );
  await begin();
  assertWithinGoals(await measure(), quiet);
  await assertOthersGoOn();
  await rm(running);
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
});
