import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { circuitByKey, writeCircuit } from '../../store/circuit-states.ts';
import { updateRun } from '../../store/runs.ts';
import { aWorkOrderAtWork } from '../../store/scratch-rows.fixture.ts';

const mainPath = fileURLToPath(new URL('../../main.ts', import.meta.url));
const key = 'provider:anthropic';
const openedAt = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
const notBefore = new Date(openedAt.getTime() + 60_000);

test('moose circuits says who is left alone, why, until when and for whom, and lets a human change that (R-REC-2)', {
  timeout: 60_000,
}, async () => {
  const database = await testDatabase();
  const data = await mkdtemp(join(tmpdir(), 'moose-circuits-'));
  onTestFinished(() => rm(data, { recursive: true }));
  const moose = async (...args: string[]) => {
    const env = { ...process.env, DATABASE_URL: database.url, MOOSE_DATA: data, MOOSE_ACTOR: 'anna' };
    const child = spawn(process.execPath, [mainPath, 'circuits', ...args], { env });
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    return { stdout, stderr, status: status as number };
  };
  expect(await moose()).toMatchObject({ status: 0, stdout: 'No circuit has ever opened.\n' });

  await writeCircuit(
    database.query,
    {
      ...{ key, kind: 'provider', openedAt, notBefore, openings: 2 },
      state: { phase: 'open', generation: 3, sinceGeneration: 3, openedAt: openedAt.getTime() },
      because: { code: 'MODEL_OVERLOADED', message: 'It is overloaded.' },
    },
    'machine-1',
  );
  const { runId } = await aWorkOrderAtWork(database);
  await updateRun(database.query, runId, { pausedBy: key, pausedAt: openedAt });
  const shown = {
    ...{ key, kind: 'provider', phase: 'open', openings: 2, paused_runs: 1, held_by: null },
    because: { code: 'MODEL_OVERLOADED', message: 'It is overloaded.' },
    opened_at: openedAt.toISOString(),
    next_probe_at: notBefore.toISOString(),
    updated_by: 'machine-1',
  };
  expect(JSON.parse((await moose('--json')).stdout)).toMatchObject([shown]);
  expect(JSON.parse((await moose(key, '--json')).stdout)).toMatchObject(shown);
  const { stdout } = await moose();
  for (const part of [key, 'open', notBefore.toISOString(), 'MODEL_OVERLOADED: It is overloaded.']) {
    expect(stdout).toContain(part);
  }

  const reset = JSON.parse((await moose(key, '--reset', '--json')).stdout);
  expect(reset).toMatchObject({ phase: 'closed', openings: 0, updated_by: 'human:anna', woken_runs: 0 });
  const open = await moose(key, '--open');
  expect(open.stdout).toContain('human:anna keeps it open until somebody resets it.');
  expect(await circuitByKey(database.query, key)).toMatchObject({ phase: 'open', heldBy: 'human:anna' });

  expect(await moose('provider:nobody')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('[CIRCUIT_UNKNOWN]'),
  });
  expect(await moose('--reset')).toMatchObject({ status: 2 });
});
