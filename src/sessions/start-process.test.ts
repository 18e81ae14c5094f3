import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { until } from '../stdx/async/until.fixture.ts';
import { findProcess } from './find-process.ts';
import { isAlive, ScratchSessions, shellEnv } from './scratch-sessions.fixture.ts';
import { exitDraftBytes, filePath } from './session-files.ts';
import { startProcess } from './start-process.ts';
import { watchProcess } from './watch-process.ts';

let scratch: ScratchSessions;
beforeAll(async () => {
  scratch = await ScratchSessions.create();
});
afterAll(() => scratch.clear());

const wallClockMs = 30_000;

test('a shell interprets an argument (R-SES-2)', async () => {
  const nasty = ['$(touch owned)', '; touch owned', '`touch owned`', 'a b', '', '*', '"\'\\', '-n', 'ü\n2'];
  const handle = await scratch.start(['printf', '%s|', ...nasty]);
  await watchProcess(handle, { wallClockMs });
  expect(await readFile(filePath(handle.directory, 'stdout'), 'utf8')).toBe(
    nasty.map((word) => `${word}|`).join(''),
  );
});

test('a variable of Moose, or of a shell, leaks into the environment of the agent', async () => {
  const env = { PATH: '/usr/bin:/bin', ANTHROPIC_API_KEY: 'a=b $HOME "q"\nsecond line', EMPTY: '' };
  const handle = await startProcess({
    directory: scratch.directory(),
    argv: ['env', '-0'],
    env,
    cwd: scratch.path,
  });
  await watchProcess(handle, { wallClockMs });
  const seen = await readFile(filePath(handle.directory, 'stdout'), 'utf8');
  const pairs = seen.split('\0').filter((line) => line !== '' && !line.startsWith('_='));
  expect(pairs.sort()).toEqual(
    [
      ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      `MOOSE_SESSION=${handle.cookie}`,
    ].sort(),
  );
});

/** Starts a Moose as a careless starter would, which starts one session. */
const careless = `
import os, resource, signal, sys
os.umask(0o077 if sys.argv[1] == 'closed' else 0)
os.chdir('/proc')
for each in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGCHLD, signal.SIGUSR2): signal.signal(each, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGUSR1, signal.SIGALRM])
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
for each, soft in ((resource.RLIMIT_CORE, -1), (resource.RLIMIT_STACK, 1 << 20), (resource.RLIMIT_CPU, 3000), (resource.RLIMIT_FSIZE, 1 << 30)):
    resource.setrlimit(each, (soft, resource.getrlimit(each)[1]))
os.execv(sys.argv[2], sys.argv[2:])`;

test.runIf(process.platform === 'linux').each(['closed', 'open'])(
  'fear: a session inherits signals, limits, modes or a terminal from whoever started Moose: %s',
  async (kind) => {
    const directory = scratch.directory();
    const look = 'umask; pwd; grep -E "^Sig(Blk|Ign)" /proc/self/status; ulimit -S -c -s -t -f -n; tty';
    const starter = fileURLToPath(new URL('./crash-starter.fixture.ts', import.meta.url));
    const moose = spawn(
      'python3',
      ['-c', careless, kind, process.execPath, starter, directory, scratch.path, '/bin/bash', '-c', look],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    onTestFinished(() => void moose.kill());
    const handle = await until('the session', () => findProcess(directory));
    await watchProcess(handle, { wallClockMs });
    const seen = (await readFile(filePath(directory, 'stdout'), 'utf8'))
      .replaceAll(/[\t ]+/g, ' ')
      .split('\n');
    const zero = '0000000000000000';
    expect(seen).toMatchObject([
      ...['0022', scratch.path, `SigBlk: ${zero}`, `SigIgn: ${zero}`],
      ...[
        'core file size (blocks, -c) 0',
        'stack size (kbytes, -s) 8192',
        'cpu time (seconds, -t) unlimited',
      ],
      ...['file size (blocks, -f) unlimited', expect.stringMatching(/^open files .* (65536|[1-5]?\d{1,4})$/)],
      ...['not a tty', ''],
    ]);
  },
);

test('a variable that a shell would drop silently is refused with a message', async () => {
  await expect(scratch.start(['true'], { 'A-B': '1' })).rejects.toMatchObject({
    code: 'SESSION_ENV_INVALID',
  });
});

test('an agent waits forever for its stdin', async () => {
  const handle = await scratch.start(['cat']);
  await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({ exitCode: 0 });
});

test('the program runs in its own process group and in the given directory', async () => {
  const handle = await scratch.shell('pwd; cut -d" " -f5,6 /proc/$$/stat');
  await watchProcess(handle, { wallClockMs });
  const seen = await readFile(filePath(handle.directory, 'stdout'), 'utf8');
  expect(seen).toBe(`${scratch.path}\n${handle.pid} ${handle.pid}\n`);
});

test('the agent is not installed (R-SES-4)', async () => {
  const missing = { code: 'AGENT_PROGRAM_MISSING', category: 'configuration' };
  await expect(scratch.start(['no-such-agent'])).rejects.toMatchObject(missing);
  await expect(scratch.start(['./no-such-agent'])).rejects.toMatchObject(missing);
  await expect(scratch.start(['/'])).rejects.toMatchObject(missing);
  const path = join(scratch.path, 'not-executable');
  await writeFile(path, '#!/bin/sh\n');
  await chmod(path, 0o600);
  await expect(scratch.start([path])).rejects.toMatchObject(missing);
  await expect(scratch.start(['true'], { PATH: '' })).rejects.toMatchObject(missing);
});

test('the worktree is missing', async () => {
  const request = { directory: scratch.directory(), argv: ['true'] as const, env: shellEnv };
  const start = startProcess({ ...request, cwd: join(scratch.path, 'gone') });
  await expect(start).rejects.toMatchObject({ code: 'SESSION_CWD_MISSING' });
});

test('a working directory that is no path is refused with its reason', async () => {
  const request = { directory: scratch.directory(), argv: ['true'] as const, env: shellEnv };
  await expect(startProcess({ ...request, cwd: 'a\0b' })).rejects.toMatchObject({
    code: 'ERR_INVALID_ARG_VALUE',
  });
});

test('an exit file that an aborted start has reserved is used', async () => {
  const directory = scratch.directory();
  await mkdir(directory);
  await writeFile(filePath(directory, 'exitDraft'), ' '.repeat(exitDraftBytes));
  const handle = await startProcess({ directory, argv: ['true'], env: shellEnv, cwd: scratch.path });
  await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({ exitCode: 0, reason: null });
});

test('a second agent is started in the same directory (R-SES-1)', async () => {
  const request = {
    directory: scratch.directory(),
    argv: ['sleep', '60'] as const,
    env: shellEnv,
    cwd: scratch.path,
  };
  const used = { code: 'SESSION_DIRECTORY_USED' };
  const handle = await startProcess(request);
  await expect(startProcess(request)).rejects.toMatchObject(used);
  expect(await findProcess(request.directory)).toEqual(handle);
});

test('two starts at the same moment in the same directory: one runs, one is refused (R-SES-1)', async () => {
  const directory = scratch.directory();
  const argv = ['/bin/sh', '-c', 'echo ran'] as const;
  const request = { directory, argv, env: shellEnv, cwd: scratch.path };
  const starts = await Promise.allSettled(Array.from({ length: 4 }, () => startProcess(request)));
  const handles = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  expect(handles).toHaveLength(1);
  for (const start of starts)
    if (start.status === 'rejected') expect(start.reason).toMatchObject({ code: 'SESSION_DIRECTORY_USED' });
  const handle = await findProcess(directory);
  expect(handle).toEqual(handles[0]);
  if (handle !== null) await watchProcess(handle, { wallClockMs });
  expect(await readFile(filePath(directory, 'stdout'), 'utf8')).toBe('ran\n');
});

test('a finished directory is used again', async () => {
  const handle = await scratch.start(['true']);
  await watchProcess(handle, { wallClockMs });
  const again = startProcess({
    directory: handle.directory,
    argv: ['true'],
    env: shellEnv,
    cwd: scratch.path,
  });
  await expect(again).rejects.toMatchObject({ code: 'SESSION_DIRECTORY_USED' });
});

test('a directory in which nothing was started', async () => {
  const directory = scratch.directory();
  expect(await findProcess(directory)).toBeNull();
  await mkdir(directory);
  expect(await findProcess(directory)).toBeNull();
});

test('an aborted start leaves nothing, and the directory can be used', async () => {
  const request = {
    directory: scratch.directory(),
    argv: ['true'] as const,
    env: shellEnv,
    cwd: scratch.path,
  };
  const stop = new AbortController();
  const start = startProcess({ ...request, signal: stop.signal });
  const reason = new Error('shutting down');
  stop.abort(reason);
  await expect(start).rejects.toBe(reason);
  expect(await findProcess(request.directory)).toBeNull();
  const handle = await until('the aborted wrapper to be gone', () =>
    startProcess(request).catch((error: { code: string }) => {
      if (error.code !== 'SESSION_DIRECTORY_USED') throw error;
      return null;
    }),
  );
  await expect(watchProcess(handle, { wallClockMs })).resolves.toMatchObject({ exitCode: 0 });
});

test('twenty sessions at once', async () => {
  const handles = await Promise.all(
    Array.from({ length: 20 }, (_, index) => scratch.shell('echo "$1"; exit "$1"', String(index))),
  );
  const ends = await Promise.all(handles.map((handle) => watchProcess(handle, { wallClockMs })));
  expect(ends.map((end) => end.exitCode)).toEqual(handles.map((_, index) => index));
  const texts = await Promise.all(
    handles.map((handle) => readFile(filePath(handle.directory, 'stdout'), 'utf8')),
  );
  expect(texts).toEqual(handles.map((_, index) => `${index}\n`));
  await until('the wrappers to be gone', () => handles.every((handle) => !isAlive(handle.pid)));
});
