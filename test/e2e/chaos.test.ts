// `moose chaos` itself: the short form of the whole suite, and what it leaves when it is interrupted.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { printedDocuments } from '../../src/contract/contract.ts';
import { mooseProgram } from '../moose-program.ts';
import { eventually } from './eventually.fixture.ts';

const minuteMs = 60_000;
/** One of each kind: a provider's, a process's, the database's, a session's, and somebody's hands. */
const short = ['provider-limited', 'everything-killed', 'database-cut', 'check-killed', 'stray-commit'];

async function scratch(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'moose-chaos-test-'));
  onTestFinished(() => rm(path, { recursive: true, force: true, maxRetries: 3 }));
  return path;
}

function startChaos(...args: string[]) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const child = spawn(process.execPath, [mooseProgram, 'chaos', ...args], { env });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, said, ended: once(child, 'exit') };
}

/** The processes whose command or environment names this folder. */
async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter(
    (name) => /^\d+$/.test(name) && name !== String(process.pid),
  )) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const [command, environment] = await Promise.all([read('cmdline'), read('environ')]);
    if (`${command}\0${environment}`.includes(folder)) found.push(`${pid} ${command.replaceAll('\0', ' ')}`);
  }
  return found;
}

test(
  'R-CHA-1: faults of five classes: nothing is lost, doubled, overspent, orphaned or silent, and nothing is left',
  async () => {
    const root = await scratch();
    const [data, report] = [join(root, 'instance'), join(root, 'report.html')];
    const { said, ended } = startChaos(...short, '--seed', '1', '--json', '--data', data, '--report', report);
    const [code] = await ended;
    expect(said.out, said.err).not.toBe('');
    const document = JSON.parse(said.out);
    expect(printedDocuments.chaos.parse(document)).toEqual(document);
    const none = { lost: [], doubled: [], overspent: [], orphaned: [], silent: [] };
    expect(document).toMatchObject({ ok: true, seed: 1, figures: none, rounds: { length: short.length } });
    expect(document.rounds.filter(({ outcome }: { outcome: string }) => outcome === 'not_ended')).toEqual([]);
    expect(code).toBe(0);
    expect(await readFile(report, 'utf8')).toContain('<h1>Chaos, seed 1</h1>');
    expect(existsSync(data)).toBe(false);
    expect(await processesOf(data)).toEqual([]);
  },
  8 * minuteMs,
);

/** The short form kills the second machine; the long form also freezes it, and cuts it off until it was given up. */
const onTwo = process.env.MOOSE_TEST_LONG
  ? ['worker-killed', 'worker-frozen', 'worker-given-up', 'machine-partitioned']
  : ['worker-killed'];

test.skipIf(process.getuid?.() !== 0)(
  'R-CHA-1: with two machines, one of which is killed, frozen and cut off, nothing is lost or done twice',
  async () => {
    const data = join(await scratch(), 'instance');
    const report = join(await scratch(), 'report.html');
    const given = ['--machines', '2', '--seed', '2', '--json', '--data', data, '--report', report];
    const { said, ended } = startChaos(...onTwo, ...given);
    const [code] = await ended;
    expect(said.out, said.err).not.toBe('');
    const document = JSON.parse(said.out);
    expect(printedDocuments.chaos.parse(document)).toEqual(document);
    const none = { lost: [], doubled: [], overspent: [], orphaned: [], silent: [] };
    expect(document).toMatchObject({ ok: true, machines: 2, figures: none });
    expect(document.faults.injected).toBe(onTwo.length);
    expect(code).toBe(0);
    expect(await processesOf(data)).toEqual([]);
  },
  8 * minuteMs,
);

test(
  'R-CHA-1: after Ctrl-C in the middle of a round nothing is left',
  async () => {
    const data = join(await scratch(), 'instance');
    const { child, said, ended } = startChaos('database-slow', '--minutes', '5', '--data', data);
    await eventually(async () => expect(said.err).toContain('Scratch instance'), 2 * minuteMs);
    expect(await processesOf(data)).not.toEqual([]);
    child.kill('SIGINT');
    expect((await ended)[0], said.err).toBe(130);
    expect(existsSync(data)).toBe(false);
    expect(await processesOf(data)).toEqual([]);
  },
  4 * minuteMs,
);

test('R-CHA-1: a folder with files of somebody is refused, and stays as it is', async () => {
  const data = await scratch();
  await writeFile(join(data, 'mine.txt'), 'Mine\n');
  const { said, ended } = startChaos('database-slow', '--data', data);
  expect((await ended)[0]).toBe(1);
  expect(said.err).toContain('[CHAOS_DIRECTORY_USED]');
  expect(await readFile(join(data, 'mine.txt'), 'utf8')).toBe('Mine\n');
});
