// Whoever reads the output of a command may end first: a pager, `head`, a terminal that is closed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { databaseStarts } from '../../src/cli/terminal/waiting-word.ts';
import { openDatabase } from '../../src/store/database.ts';
import { compiledCode } from '../compiled-code.ts';
import { cloneDatabase } from '../database.ts';
import { mooseProgram } from '../moose-program.ts';
import { eventually } from './eventually.fixture.ts';

const slow = { timeout: 120_000 };

async function ground() {
  const { url, drop } = await cloneDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'moose-closed-'));
  onTestFinished(async () => {
    await drop();
    await rm(directory, { recursive: true, force: true });
  });
  const { PATH } = process.env;
  const env = { ...compiledCode, PATH, HOME: directory, MOOSE_DATA: directory, MOOSE_DATABASE_URL: url };
  return { url, env };
}

test.each([
  ['ls', ''],
  ['classify --jsonl', '{}\n'.repeat(20)],
])(
  'R-UI-7: fear: moose %s is reported as a bug if its output is cut off, as by head',
  slow,
  async (words, input) => {
    const { env } = await ground();
    const child = spawn(process.execPath, [mooseProgram, ...words.split(' ')], { env });
    child.stdout.destroy();
    child.stdin.end(input);
    const said = text(child.stderr);
    await once(child, 'close');
    // On a busy machine, the database does not answer at once.
    const told = (await said).split('\n').filter((line) => line !== '' && line !== databaseStarts);
    expect(told).toEqual([]);
  },
);

test(
  'R-UI-7: fear: an output that cannot be written is a success, or more than one document',
  slow,
  async () => {
    const { env } = await ground();
    const command = `exec "${process.execPath}" "${mooseProgram}" ls --json > /dev/full`;
    const child = spawn('sh', ['-c', command], { env });
    const said = text(child.stderr);
    const [exitCode] = await once(child, 'close');
    expect(exitCode).toBe(1);
    expect(JSON.parse(await said)).toMatchObject({ error: { code: 'DISK_FULL' } });
  },
);

test('R-BASE-2: fear: a closed terminal ends a worker before it has let go of its work', slow, async () => {
  const { url, env } = await ground();
  const up = `exec "${process.execPath}" "${mooseProgram}" up --port 0 --drain 1s`;
  const terminal = spawn('script', ['-qefc', up, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  let said = '';
  terminal.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  await eventually(async () => expect(said).toContain('Moose is up'));
  terminal.kill('SIGKILL');
  const database = openDatabase(url, { connectionsMax: 1 });
  try {
    await eventually(async () => {
      const { rows } = await sql`select ended_at is not null as ended from executors`.execute(database.query);
      expect(rows).toEqual([{ ended: true }]);
    });
  } finally {
    await database.close();
  }
});

test(
  'R-BASE-2: fear: a server that was started with nohup ends with the session of its terminal',
  slow,
  async () => {
    const { url, env } = await ground();
    const server = spawn('nohup', [process.execPath, mooseProgram, 'up', '--port', '0', '--json'], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(server, 'close');
    let said = '';
    server.stdout.on('data', (chunk) => {
      said += String(chunk);
    });
    await eventually(async () => expect(said).toContain('up.started'));
    const [line = ''] = said.split('\n');
    const healthz = `${JSON.parse(line).url}/healthz`;
    // A shell that ends sends it to each process of the job.
    process.kill(-(server.pid ?? 0), 'SIGHUP');
    const database = openDatabase(url, { connectionsMax: 1 });
    try {
      const beat = async () => {
        const { rows } = await sql<{ at: Date }>`select heartbeat_at as at from executors`.execute(
          database.query,
        );
        return rows[0]?.at.getTime() ?? 0;
      };
      const before = await beat();
      await eventually(async () => expect(await beat()).toBeGreaterThan(before));
      expect((await fetch(healthz)).status).toBe(200);
    } finally {
      await database.close();
      server.kill('SIGTERM');
    }
    expect(await ended).toEqual([0, null]);
  },
);
