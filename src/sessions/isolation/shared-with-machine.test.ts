// What a session shares with the machine although it has its own files, network and processes: devices, files of /etc
// and kinds of sockets that belong to no namespace.

import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startProcess } from '../start-process.ts';
import { IsolatedGround, outcomeOf, waysOfIsolation } from './isolated-ground.fixture.ts';
import { enterNamespace, findWay, type IsolationKind, locksHere } from './isolation-way.ts';
import { viewFor } from './session-view.ts';

let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
const isRoot = process.geteuid?.() === 0;
const nobody = 65_534;

async function saidBy(kind: IsolationKind, argv: readonly [string, ...string[]], beforeStart = () => {}) {
  const way = findWay(kind);
  if ('missing' in way) throw new Error(`${way.missing} is missing`);
  const directory = ground.scratch.directory();
  const cwd = join(ground.scratch.path, crypto.randomUUID());
  mkdirSync(cwd);
  const view = viewFor({
    sessionPath: directory,
    argv,
    env,
    cwd,
    userHome: '/nobody',
    granted: [],
    hidden: [],
    dataDirectory: ground.scratch.path,
    shown: [{ path: cwd, sight: 'write' }],
  });
  const words = enterNamespace(way, { argv, cwd, network: 'none', view });
  beforeStart();
  return outcomeOf(await startProcess({ directory, argv: words, env, cwd }));
}

describe.each(await waysOfIsolation())('of the machine, $title (R-SEC-5)', ({ kind, isPossible }) => {
  // The modes are those that these files have, so that a failing test does no harm.
  test.skipIf(!isPossible || !isRoot)(
    'fear: a session of root changes the mode of a device, and nobody on the machine can use it any more',
    async () => {
      const script =
        'for file in /dev/full /etc/shadow; do chmod 666 $file 2>/dev/null && echo changed; done; echo kept; echo >/dev/null && cat </dev/null && echo used';
      await expect(saidBy(kind, ['/bin/sh', '-c', script])).resolves.toMatchObject({
        stdout: 'kept\nused\n',
        stderr: '',
      });
    },
  );

  test.skipIf(!isPossible || !isRoot)(
    'fear: an upgrade removes a file of /etc after the session has listed it, and no session begins',
    async () => {
      const made = () => {
        const folder = mkdtempSync('/etc/moose-test-');
        onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
        chmodSync(folder, 0o755);
        mkdirSync(join(folder, 'closed'), { mode: 0o700 });
        writeFileSync(join(folder, 'app.pem'), 'secret', { mode: 0o600 });
        return folder;
      };
      const [gone, kept] = [made(), made()];
      const upgrade = () => {
        for (const name of ['closed', 'app.pem']) rmSync(join(gone, name), { recursive: true });
      };
      const script = `cat ${kept}/app.pem; ls -A ${kept}/closed; mount | grep -c ' on /etc type'; ls ${gone}; echo ran`;
      await expect(saidBy(kind, ['/bin/sh', '-c', script], upgrade)).resolves.toMatchObject({
        stdout: '1\nran\n',
        stderr: '',
      });
    },
  );

  test.skipIf(!isPossible || locksHere().locks === null)(
    'fear: in a virtual machine, a session without a network reaches the host by another kind of socket',
    async () => {
      // AF_VSOCK, and then AF_UNIX.
      const script = 'for my $family (40, 1) { print socket(my $s, $family, 1, 0) ? "open" : $! + 0, "\\n" }';
      await expect(saidBy(kind, ['/usr/bin/perl', '-e', script])).resolves.toMatchObject({
        stdout: '97\nopen\n',
      });
    },
  );

  test.skipIf(!isPossible || locksHere().locks === null)(
    'fear: a session opens sockets past the filter of system calls, with io_uring',
    async () => {
      const script = 'my $given = "\\0" x 120; print syscall(425, 2, $given) < 0 ? $! + 0 : "open"';
      await expect(saidBy(kind, ['/usr/bin/perl', '-e', script])).resolves.toMatchObject({ stdout: '1' });
    },
  );
});

test.skipIf(!isRoot)(
  "R-SEC-5: fear: a key in /etc that only Moose's user can read, such as that of a forge's App, is shown to sessions",
  () => {
    const folder = mkdtempSync('/etc/moose-test-');
    const session = mkdtempSync(join(tmpdir(), 'moose-view-'));
    onTestFinished(() => {
      process.seteuid?.(0);
      for (const path of [folder, session]) rmSync(path, { recursive: true, force: true });
    });
    mkdirSync(join(folder, 'closed'), { mode: 0o700 });
    const files = { 'app.pem': 0o600, 'open.conf': 0o644 };
    for (const [name, mode] of Object.entries(files)) writeFileSync(join(folder, name), 'x', { mode });
    for (const path of [folder, session, join(folder, 'closed'), join(folder, 'app.pem')])
      chownSync(path, nobody, nobody);
    chmodSync(folder, 0o755);
    process.seteuid?.(nobody);
    const { mountsPath } = viewFor({
      sessionPath: session,
      argv: ['/bin/sh'],
      env,
      cwd: '/',
      userHome: '/nobody',
      dataDirectory: session,
      hidden: [],
      shown: [],
      granted: [],
    });
    const targets = readFileSync(mountsPath, 'utf8')
      .split('\n')
      .map((line) => line.split(' '));
    const found = (path: string) => targets.find(([, target]) => target?.endsWith(path))?.[0];
    expect(found(join(folder, 'app.pem'))).toBe('/dev/null');
    expect(found(join(folder, 'closed'))).toMatch(/\/empty\/\d+$/);
    expect(found(join(folder, 'open.conf'))).toBeUndefined();
  },
);
