import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compiledCode } from '../../../../test/compiled-code.ts';
import { cloneDatabase } from '../../../../test/database.ts';
import { mooseProgram } from '../../../../test/moose-program.ts';

/** A data directory, a database, and a fake `xdg-open` that records what it is asked to open. */
async function ground() {
  const { url, drop } = await cloneDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'moose-open-'));
  onTestFinished(async () => {
    await drop();
    await rm(directory, { recursive: true, force: true });
  });
  const openedPath = join(directory, 'opened');
  await writeFile(join(directory, 'xdg-open'), `#!/bin/sh\necho "$@" > ${openedPath}\n`);
  await chmod(join(directory, 'xdg-open'), 0o755);
  const env = {
    ...compiledCode,
    PATH: [directory, process.env.PATH].join(delimiter),
    HOME: directory,
    MOOSE_DATABASE_URL: url,
    MOOSE_ACTOR: 'ada',
  };
  const moose = `"${process.execPath}" "${mooseProgram}"`;
  /** With `isTerminal`, the command gets a terminal of its own. */
  const start = (
    words: string,
    isTerminal: boolean,
  ): { child: ChildProcess; said(text: RegExp): Promise<string> } => {
    const command = `${moose} ${words} --data "${directory}"`;
    const child = isTerminal
      ? spawn('script', ['-qefc', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'pipe'] })
      : spawn('sh', ['-c', `exec ${command}`], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const heard = new Set<() => void>();
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        text += chunk;
        for (const hear of heard) hear();
      });
    onTestFinished(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const over = once(child, 'exit');
      // Ctrl-C: a terminal that is closed does not wait for Moose to end.
      if (isTerminal) child.stdin?.write('\x03');
      else child.kill('SIGTERM');
      await over;
    });
    const said = (pattern: RegExp) =>
      new Promise<string>((resolve, reject) => {
        const hear = () => (pattern.test(text) ? resolve(text) : undefined);
        heard.add(hear);
        child.on('close', () => (pattern.test(text) ? resolve(text) : reject(new Error(`It said: ${text}`))));
        hear();
      });
    return { child, said };
  };
  return { directory, openedPath, start };
}

test('R-BASE-3: the first start prints the sign-in address at a terminal, and opens it without exposing the token to the machine', async () => {
  const { directory, openedPath, start } = await ground();
  const up = start('up --port 0 --open', true);
  const said = await up.said(/Moose is up/);
  const token = (await readFile(join(directory, 'api-token'), 'utf8')).trim();
  const [, address] = /Mission Control: (http:\/\/127\.0\.0\.1:\d+\/#token=\S+)/.exec(said) ?? [];
  expect(address).toContain(`#token=${token}`);
  const opened = (await readFile(openedPath, 'utf8')).trim();
  expect(opened).toBe(join(directory, 'api-open.html'));
  expect((await stat(opened)).mode & 0o777).toBe(0o600);
  expect(await readFile(opened, 'utf8')).toContain(`url=${address}`);
  expect(await start('open', true).said(/token=/)).toContain(address ?? 'nothing');
  const piped = await start('open', false).said(/api-token/);
  expect(piped).not.toContain(token);
  expect(JSON.parse(await start('open --json', false).said(/\}/))).toEqual({
    url: address?.replace(/\/#.*/, ''),
    token_path: join(directory, 'api-token'),
  });
});

test('if no browser can be opened, the address is printed, and Moose starts all the same', async () => {
  const { directory, start } = await ground();
  await writeFile(join(directory, 'xdg-open'), '#!/bin/sh\nexit 3\n');
  const up = start('up --port 0 --open', false);
  const said = await up.said(/Moose is up/);
  expect(said).toMatch(/Could not open a browser \(xdg-open\); the address is http:\/\/127/);
  expect(said).not.toContain('#token=');
  up.child.kill('SIGTERM');
  await once(up.child, 'exit');
  expect(await start('open', false).said(/MOOSE_NOT_UP/)).toContain(`moose --data ${directory} up`);
});

test('tokens are created, listed and revoked, and shown only once', async () => {
  const { start } = await ground();
  const made = JSON.parse(await start('tokens create ci --role viewer --json', false).said(/\n\}/));
  expect(made).toMatchObject({ name: 'ci', role: 'viewer', person: null, created_by: 'human:ada' });
  expect(made.token).toMatch(/^moose_[\w-]{43}$/);
  expect(await start('tokens', false).said(/ci/)).not.toContain(made.token);
  expect(await start('tokens create ci', false).said(/TOKEN_NAME_TAKEN/)).toContain('Choose another name');
  expect(await start(`tokens revoke ${made.id.slice(-8)}`, false).said(/Revoked/)).toContain('ci');
  expect(await start('tokens revoke ffffffff', false).said(/TOKEN_NOT_FOUND/)).toMatch(
    /`moose --data \S+ tokens`/,
  );
  expect(JSON.parse(await start('tokens ls --json', false).said(/\n\]/))).toMatchObject([
    { id: made.id, revoked_at: expect.any(String) },
  ]);
});
