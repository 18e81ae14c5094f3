// `moose agents certify` as a person calls it: an agent without vices, and the same agent with six.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type PrintedCertification, printedDocuments } from '../../src/contract/contract.ts';
import { mooseProgram } from '../moose-program.ts';
import { vices } from './certified-agent-vices.fixture.ts';
import { mooseWithin } from './command-line.fixture.ts';
import { eventually } from './eventually.fixture.ts';

const minuteMs = 60_000;
const certifyMsMax = 15 * minuteMs;
const agentPath = join(import.meta.dirname, 'certified-agent.fixture.ts');

async function aGround() {
  const root = await mkdtemp(join(tmpdir(), 'moose-certify-test-'));
  onTestFinished(() => rm(root, { recursive: true, force: true, maxRetries: 3 }));
  // The account of the embedded PostgreSQL must be able to enter it.
  await chmod(root, 0o711);
  const temporary = join(root, 'tmp');
  await mkdir(temporary, { mode: 0o711 });
  const entryOf = (ofAgent: readonly string[]) => ({
    command: [process.execPath, '--no-warnings', agentPath, ...ofAgent],
    wires: ['openai-chat'],
    env: { MODEL_URL: '{url}', MODEL_KEY: '{key}', MODEL_NAME: '{model}' },
  });
  const entriesPath = join(root, 'agents.json');
  await writeFile(entriesPath, JSON.stringify({ good: entryOf([]), bad: entryOf(vices) }));
  const env = { PATH: process.env.PATH, HOME: root, MOOSE_ACP_AGENTS: entriesPath, TMPDIR: temporary };
  const certify = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await mooseWithin(
      certifyMsMax,
      env,
      ...['agents', 'certify', ...args, '--json', '--data', join(root, 'data')],
    );
    expect(stdout, stderr).not.toBe('');
    const document = JSON.parse(stdout) as PrintedCertification;
    expect(printedDocuments['agents certify'].parse(document)).toEqual(document);
    return { exitCode, document };
  };
  return { env, root, temporary, certify };
}

const namesOf = ({ rows }: PrintedCertification) =>
  Object.fromEntries(rows.map(({ row, findings }) => [row, findings.map(({ name }) => name)]));

test(
  'R-AGENT-3: an agent without vices is right in each row, and nothing is left of the measurement',
  async () => {
    const { certify, temporary } = await aGround();
    const { exitCode, document } = await certify('good');
    expect(document.rows.filter(({ verdict }) => verdict !== 'right')).toEqual([]);
    expect(document).toMatchObject({ ok: true, version: '1.0.0', compared_with: null });
    expect(exitCode).toBe(0);
    expect((await readdir(temporary)).filter((name) => name.startsWith('moose-certify'))).toEqual([]);
  },
  certifyMsMax,
);

test(
  'R-AGENT-3: the same agent with six vices: each is named in its row, and so is what differs from before',
  async () => {
    const { certify } = await aGround();
    const { exitCode, document } = await certify('bad', '--rows', 'works,401,429,cut,stop');
    expect(exitCode).toBe(1);
    expect(namesOf(document)).toMatchObject({
      works: expect.arrayContaining(['leaves-processes', 'changes-other-files']),
      '401': expect.arrayContaining(['repeats-endlessly']),
      '429': expect.arrayContaining(['says-success']),
      cut: expect.arrayContaining(['hangs']),
      stop: expect.arrayContaining(['ignores-sigterm']),
    });
    // Whatever it does, Moose calls each fault of its provider what it is, but for the one that never ends.
    const misnamed = document.rows.filter(({ findings }) => findings.some(({ name }) => name === 'misnamed'));
    expect(misnamed).toEqual([]);
    const again = await certify('bad', '--rows', 'works,429');
    expect(again.document).toMatchObject({ compared_with: { version: '1.0.0' }, differences: [] });
    expect(again.document.rows.map(({ row }) => row)).toEqual(['works', '429']);
  },
  2 * certifyMsMax,
);

test(
  'interrupted by Ctrl-C in the middle of a row, it leaves no process and no file',
  async () => {
    const { env, root, temporary } = await aGround();
    const args = ['agents', 'certify', 'good', '--rows', 'hang', '--data', join(root, 'data')];
    const child = spawn(process.execPath, [mooseProgram, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    await eventually(async () => expect(await processesWith(root, agentPath)).not.toEqual([]));
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    await eventually(async () => expect(await processesWith(root, '')).toEqual([]));
    expect((await readdir(temporary)).filter((name) => name.startsWith('moose-certify'))).toEqual([]);
  },
  5 * minuteMs,
);

/** The commands of the living processes whose command or environment names the folder, and whose command names the word. */
async function processesWith(folder: string, word: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter(
    (name) => /^\d+$/.test(name) && name !== String(process.pid),
  )) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const [command, environment] = await Promise.all([read('cmdline'), read('environ')]);
    if (`${command}\0${environment}`.includes(folder) && command.includes(word)) found.push(command);
  }
  return found;
}
