import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const fixturePath = fileURLToPath(new URL('./inherited-files.fixture.ts', import.meta.url));
const mainPath = fileURLToPath(new URL('../../main.ts', import.meta.url));
const isLinux = process.platform === 'linux';

/** Opens files, folders, pipes and sockets, low and high, and becomes the program. */
const opener = `
import fcntl, os, resource, socket, sys
os.chdir(sys.argv[1])
pair, lone = socket.socketpair(), socket.socket()
made = [os.open('secret', os.O_RDONLY), os.open('secret', os.O_WRONLY | os.O_APPEND), os.open('.', os.O_RDONLY)]
made += [os.open('.', os.O_PATH), *os.pipe(), pair[0].fileno(), pair[1].fileno(), lone.fileno()]
high = [fcntl.fcntl(each, fcntl.F_DUPFD, 200) for each in made]
os.closerange(3, 200)
for each, at in zip(high + high, [17, 18, 19, 20, 21, 22, 23, 24, 25, 1500, 3, 4, 1023]): os.dup2(each, at, inheritable=True)
os.execv(sys.argv[2], sys.argv[2:])`;

function started(argv: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'moose-open-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'secret'), 'SECRET');
  const { stdout, stderr } = spawnSync('python3', ['-c', opener, folder, process.execPath, ...argv], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', HOME: folder, MOOSE_DATA: join(folder, 'data') },
  });
  return { stdout, stderr };
}

test.runIf(isLinux)('R-SEC-5: fear: programs that Moose starts have open what its starter had open', () => {
  const { stdout, stderr } = started([fixturePath]);
  expect(stderr).toBe('');
  // The last one is the list itself.
  expect(JSON.parse(stdout)).toMatchObject({ open: [0, 1, 2, 3] });
});

test.runIf(isLinux)(
  'R-SEC-5: fear: a file that an argument names cannot be read any more, or is inherited',
  () => {
    const { stdout, stderr } = started([fixturePath, '/dev/fd/17', '--plan=/proc/self/fd/1500']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ open: [0, 1, 2, 3], read: ['SECRET', 'SECRET'] });
  },
);

test.runIf(isLinux)('a process that was forked loses its parent', async () => {
  const child = fork(fixturePath, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  await expect(once(child, 'exit')).resolves.toEqual([0, null]);
});

test.runIf(isLinux)('Moose itself does not begin with that, and ends', () => {
  const { stdout } = started([mainPath, '--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
});
