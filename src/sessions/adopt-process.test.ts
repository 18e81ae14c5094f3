import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sleep } from '../stdx/async/sleep.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { seededRandom } from '../stdx/seeded-random.fixture.ts';
import { findProcess } from './find-process.ts';
import { followOutput, type OutputOffsets } from './follow-output.ts';
import { listPids, readProcess } from './process-table.ts';
import { isAlive, ScratchSessions } from './scratch-sessions.fixture.ts';
import { isProcessAlive } from './survey.ts';
import { watchProcess } from './watch-process.ts';

let scratch: ScratchSessions;
beforeAll(async () => {
  scratch = await ScratchSessions.create();
});
afterAll(() => scratch.clear());

const wallClockMs = 20_000;

/** Starts a separate Moose in a process group of its own. */
function startMoose(directory: string, ...argv: string[]): ChildProcess {
  return startNode([], directory, ...argv);
}

function startNode(options: readonly string[], directory: string, ...argv: string[]): ChildProcess {
  const program = join(import.meta.dirname, 'crash-starter.fixture.ts');
  return spawn(process.execPath, [...options, program, directory, scratch.path, ...argv], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function lineOf(moose: ChildProcess, isWanted: (line: string) => boolean): Promise<string> {
  if (moose.stdout === null) throw new Error('no stdout');
  for await (const line of createInterface({ input: moose.stdout })) if (isWanted(line)) return line;
  throw new Error('The starter ended without the line that was waited for.');
}

async function killGroup(moose: ChildProcess): Promise<void> {
  if (moose.pid === undefined) throw new Error('not started');
  process.kill(-moose.pid, 'SIGKILL');
  if (moose.exitCode === null && moose.signalCode === null) await once(moose, 'exit');
}

test('Moose is killed with its whole process group, and the agent or its output is lost with it (R-SES-2)', async () => {
  const directory = scratch.directory();
  const go = join(scratch.path, 'go');
  const script =
    'echo before; while [ ! -e "$1" ]; do sleep 0.01; done; echo after; echo problem >&2; exit 9';
  const moose = startMoose(directory, '/bin/sh', '-c', script, 'sh', go);
  const printed = await lineOf(moose, (line) => line.startsWith('{'));

  // How far the first Moose has read before it dies.
  let offset: OutputOffsets = { stdout: 0, stderr: 0 };
  for await (const chunk of followOutput(directory)) {
    expect(chunk.text).toBe('before\n');
    offset = chunk.offsets;
    break;
  }
  await killGroup(moose);

  const handle = await findProcess(directory);
  expect(handle).toEqual(JSON.parse(printed));
  if (handle === null) return;
  expect(await isProcessAlive(handle)).toBe(true);
  const watch = watchProcess(handle, { wallClockMs });
  await writeFile(go, '');
  const rest = { stdout: '', stderr: '' };
  for await (const chunk of followOutput(directory, { fromOffset: offset })) rest[chunk.stream] += chunk.text;
  expect(rest).toEqual({ stdout: 'after\n', stderr: 'problem\n' });
  await expect(watch).resolves.toMatchObject({ exitCode: 9, reason: null });
});

test('Moose freezes after it created the handle, and the program that the next Moose adopts never starts', async () => {
  const directory = scratch.directory();
  const freezing = join(import.meta.dirname, 'freezing-starter.fixture.ts');
  const moose = startNode(['--import', freezing], directory, '/bin/sh', '-c', 'echo ran');
  try {
    const handle = await until('the handle', () => findProcess(directory));
    await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({ exitCode: 0, reason: null });
    await until('the freeze', () => readProcess(moose.pid ?? 0)?.state === 'T');
  } finally {
    await killGroup(moose);
  }
});

// A start takes 20 to 30 ms in a fresh process, so this covers the time before the wrapper starts until after the
// handle exists.
const killWithinMs = 45;
const rounds = 8;

test('Moose dies at any moment of a start, and a program runs without a handle (R-SES-1)', async () => {
  const seed = Date.now();
  const random = seededRandom(seed);
  for (let round = 0; round < rounds; round += 1) {
    const directory = scratch.directory();
    const marker = join(scratch.path, `ran-${round}`);
    const moose = startMoose(directory, '/bin/sh', '-c', 'echo x >> "$1"', 'sh', marker);
    await lineOf(moose, (line) => line === 'starting');
    await sleep(random() * killWithinMs);
    await killGroup(moose);

    const handle = await findProcess(directory);
    const because = `seed ${seed}, round ${round}`;
    if (handle === null) {
      // A wrapper that was already starting gives up.
      await until('the wrapper to give up', () => wrappersOf(directory).length === 0);
      expect(existsSync(marker), because).toBe(false);
      expect(await findProcess(directory), because).toBeNull();
    } else {
      const end = await watchProcess(handle, { wallClockMs });
      expect(end, because).toMatchObject({ exitCode: 0, reason: null });
      expect(readFileSync(marker, 'utf8'), because).toBe('x\n');
    }
  }
});

function wrappersOf(directory: string): number[] {
  return listPids().filter((pid) => {
    try {
      return (
        isAlive(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`wrapper.sh\0${directory}\0`)
      );
    } catch {
      return false;
    }
  });
}
