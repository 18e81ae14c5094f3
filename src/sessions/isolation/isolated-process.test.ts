import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../stdx/async/until.fixture.ts';
import type { ProcessHandle } from '../process-handle.ts';
import { readProcess } from '../process-table.ts';
import { carriersOf, isAlive } from '../scratch-sessions.fixture.ts';
import { filePath } from '../session-files.ts';
import { isLockFree } from '../session-lock.ts';
import { stopProcess } from '../stop-process.ts';
import {
  IsolatedGround,
  outcomeOf,
  port,
  untilGone,
  untilPrinted,
  wallClockMs,
  waysOfIsolation,
} from './isolated-ground.fixture.ts';

let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

describe.each(await waysOfIsolation())('isolated, $title (R-BUD-6)', ({ kind, isPossible }) => {
  const cannot = test.skipIf(!isPossible);
  const shell = (script: string, ...args: string[]) =>
    ground.start(kind, ['/bin/sh', '-c', script, 'sh', ...args]);
  const node = (script: string) => ground.start(kind, [process.execPath, '-e', script]);

  cannot.each([
    ['exit 0', 0, null],
    ['exit 7', 7, null],
    ['exit 200', 200, null],
    ['kill -TERM $$', null, 'SIGTERM'],
    ['kill -KILL $$', null, 'SIGKILL'],
    ['kill -SEGV $$', null, 'SIGSEGV'],
  ])('`%s` is reported as something else', async (script, exitCode, signal) => {
    const outcome = await shell(`echo out; echo problem >&2; ${script}`).then(outcomeOf);
    expect(outcome).toEqual({ exitCode, signal, stdout: 'out\n', stderr: 'problem\n' });
  });

  cannot('the agent has another environment, directory, stdin or more open files than without', async () => {
    const look = 'pwd; cat; ls /proc/self/fd | tr "\\n" " "; env | sort';
    const env = { ODD: 'a=b $HOME "q"\nsecond line', EMPTY: '' };
    const own = (handle: ProcessHandle, text: string) => text.replace(handle.cookie, 'COOKIE');
    const [inside, outside] = await Promise.all([
      ground.start(kind, ['/bin/sh', '-c', look], { env: { PATH: '/usr/bin:/bin', ...env } }),
      ground.scratch.start(['/bin/sh', '-c', look], { PATH: '/usr/bin:/bin', ...env }),
    ]);
    expect(own(inside, (await outcomeOf(inside)).stdout)).toBe(
      own(outside, (await outcomeOf(outside)).stdout),
    );
  });

  cannot('R-SEC-5: fear: a session gets rights by a program file that gives those of its owner', async () => {
    const look = 'grep NoNewPrivs /proc/self/status; sh -c "sh -c \'grep NoNewPrivs /proc/self/status\'"';
    const { stdout } = await shell(look).then(outcomeOf);
    expect(stdout).toBe('NoNewPrivs:\t1\n'.repeat(2));
  });

  cannot('files of the worktree belong to somebody else, and git will not touch them', async () => {
    const repository = join(ground.scratch.path, `repository-${kind}`);
    execFileSync('git', ['init', '-q', repository]);
    const script = 'cd "$1" && echo change >file && git add file && git status --porcelain && id -u && id -g';
    const outcome = await shell(script, repository).then(outcomeOf);
    expect(outcome).toMatchObject({
      stdout: `A  file\n${process.geteuid?.()}\n${process.getegid?.()}\n`,
      stderr: '',
    });
    expect(statSync(join(repository, 'file'))).toMatchObject({
      uid: process.geteuid?.(),
      gid: process.getegid?.(),
    });
  });

  cannot('TERM does not reach the agent, or reaches its gateway first (R-SES-3)', async () => {
    const handle = await node(`
      process.on('SIGTERM', async () => {
        console.log(await (await fetch('http://127.0.0.1:${port}/late')).text());
        process.exit(3);
      });
      setInterval(() => undefined, 1_000);
      console.log('ready');`);
    await untilPrinted(handle);
    await expect(stopProcess(handle, { graceMs: wallClockMs })).resolves.toMatchObject({ wasKilled: false });
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: 3, stdout: 'ready\ngateway /late\n' });
  });

  cannot.each([1, 2, 3, 4, 5])(
    'TERM is lost while a session of %s processes starts, or looks like a machine without isolation (R-SES-3)',
    async (processes) => {
      const handle = await ground.start(kind, ['/bin/sleep', '60']);
      await until('the processes', () => carriersOf(handle).length >= processes);
      process.kill(-handle.pid, 'SIGTERM');
      await expect(outcomeOf(handle)).resolves.toMatchObject({ signal: 'SIGTERM', stderr: '' });
    },
  );

  const stubborn = 'trap "" TERM; echo up; while :; do sleep 0.05; done';
  const hidden = 'setsid env -i /bin/sh -c "$1" & wait $!';

  cannot.each([
    ['a deaf agent', `(${hidden}) & ${stubborn}`, true],
    ['a deaf grandchild without a mark', hidden, false],
  ])('%s outlives the stop (R-SES-3)', async (_, script, wasKilled) => {
    // What ends by itself gets the time that a busy machine needs for it.
    const graceMs = wasKilled ? 200 : 20_000;
    const handle = await shell(script, stubborn);
    await untilPrinted(handle);
    const pids = carriersOf(handle);
    const proof = await stopProcess(handle, { graceMs });
    expect(proof).toMatchObject({ provedEmpty: true, wasKilled });
    expect(pids.filter(isAlive)).toEqual([]);
    await expect(isLockFree(handle)).resolves.toBe(true);
  });

  cannot('what a finished agent left in the background works on', async () => {
    const handle = await shell(
      `setsid env -i /bin/sh -c "$1" & while [ ! -s "$2" ]; do sleep 0.01; done; exit 5`,
      stubborn,
      filePath(ground.scratch.path, 'stdout'),
    );
    writeFileSync(filePath(ground.scratch.path, 'stdout'), 'go');
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: 5, signal: null });
    await untilGone(handle);
  });

  cannot('the outer half dies alone, and the agent works on unseen', async () => {
    const handle = await shell(stubborn);
    await untilPrinted(handle);
    const outer = carriersOf(handle).find((pid) => readProcess(pid)?.parentPid === handle.pid);
    if (outer === undefined) throw new Error('no supervisor among the processes of the session');
    process.kill(outer, 'SIGKILL');
    await expect(outcomeOf(handle)).resolves.toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    await untilGone(handle);
  });
});
