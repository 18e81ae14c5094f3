import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../test/free-port.ts';
import { startProcess } from '../start-process.ts';
import { callFilter } from './call-filter.ts';
import {
  IsolatedGround,
  listen,
  outcomeOf,
  untilPrinted,
  waysOfIsolation,
} from './isolated-ground.fixture.ts';
import {
  enterNamespace,
  findWay,
  type IsolationKind,
  locksHere,
  type NamespaceRequest,
} from './isolation-way.ts';
import { findLocks, type KernelLocks } from './kernel-locks.ts';
import { viewFor } from './session-view.ts';

let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

const { locks, reason } = locksHere();
const filesHeld = locks !== null;
const portsHeld =
  locks !== null && locks.abi >= 4 && callFilter(process.arch, { closesPorts: true }) !== null;
const scopesHeld = locks !== null && locks.abi >= 6;
const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };

/** Starts a session with its own root directory and a writable worktree. */
async function start(
  kind: IsolationKind,
  argv: readonly [string, ...string[]],
  more: Partial<NamespaceRequest> = {},
  {
    change = (word) => word,
    before: [starter, ...told] = [],
    ...given
  }: { locks?: KernelLocks | null; change?(word: string): string; before?: readonly string[] } = {},
) {
  const way = findWay(kind);
  if ('missing' in way) throw new Error(`${way.missing} is missing`);
  const directory = ground.scratch.directory();
  const worktree = join(ground.scratch.path, crypto.randomUUID());
  mkdirSync(worktree);
  const view = viewFor({
    sessionPath: directory,
    argv,
    env,
    cwd: worktree,
    userHome: '/nobody',
    dataDirectory: ground.scratch.path,
    hidden: [],
    shown: [{ path: worktree, sight: 'write' }],
    granted: [],
  });
  const [first, ...words] = enterNamespace(
    { ...way, ...given },
    { argv, cwd: worktree, network: 'none', view, ...more },
  );
  return {
    worktree,
    handle: await startProcess({
      directory,
      argv: starter ? [starter, ...told, first, ...words.map(change)] : [first, ...words.map(change)],
      env,
      cwd: worktree,
    }),
  };
}

async function openServer(at: string | number): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).end('reached'));
  await listen(server, at);
  onTestFinished(() => void server.close());
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** Receives a folder's file descriptor from another process, and tries to leave the root through it. */
const takeFolder = `
import os, socket
server = socket.socket(socket.AF_UNIX); server.bind('door'); server.listen()
print('ready', flush=True)
_, folders, _, _ = socket.recv_fds(server.accept()[0], 1, 1)
def tried(name, what):
    try: what(); print(name, 'done')
    except OSError as error: print(name, error.errno == 13)
tried('read', lambda: os.open('secret', os.O_RDONLY, dir_fd=folders[0]))
tried('list', lambda: os.open('inner', os.O_RDONLY, dir_fd=folders[0]))
tried('write', lambda: os.open('planted', os.O_WRONLY | os.O_CREAT, dir_fd=folders[0]))
tried('own', lambda: os.rename('door', os.path.join(os.mkdir('inner') or 'inner', 'door')))`;

const giveFolder = `
import os, socket, sys
client = socket.socket(socket.AF_UNIX); client.connect(sys.argv[1])
socket.send_fds(client, [b'x'], [os.open(sys.argv[2], os.O_RDONLY)])
client.recv(1)`;

/** Tries every known way to reach a TCP port, and prints the result of each. */
const tries = `
import ctypes, errno, os, socket, struct, sys
port, other, free = map(int, sys.argv[1:4])
def tried(name, what):
    try: print(name, what())
    except OSError as error: print(name, errno.errorcode[error.errno])
def connected(family, protocol, host):
    made = socket.socket(family, socket.SOCK_STREAM, protocol); made.connect((host, port)); return made.recv(9).decode()
def fast(host, send):
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM); send(made, (host, port)); return made.recv(9).decode()
tried('tcp', lambda: connected(socket.AF_INET, 0, '127.0.0.1'))
tried('tcp6', lambda: connected(socket.AF_INET6, 0, '::ffff:127.0.0.1'))
tried('mptcp', lambda: connected(socket.AF_INET, 262, '127.0.0.1'))
tried('smc', lambda: connected(43, 0, '127.0.0.1'))
tried('fast', lambda: fast('127.0.0.1', lambda made, to: made.sendto(b'x', 0x20000000, to)))
tried('fast message', lambda: fast('127.0.0.1', lambda made, to: made.sendmsg([b'x'], [], 0x20000000, to)))
def ring():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(425, 1, ctypes.create_string_buffer(120)) < 0: raise OSError(ctypes.get_errno(), '')
    return 'reached'
tried('ring', ring)
def bound(at):
    made = socket.socket(); made.bind(('127.0.0.1', at)); return 'bound'
tried('bind', lambda: bound(free))
tried('bind any', lambda: bound(0))
port = other
tried('other', lambda: connected(socket.AF_INET, 0, '127.0.0.1'))
udp = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
udp[0].bind(('127.0.0.1', 0)); udp[1].sendto(b'udp', udp[0].getsockname()); print(udp[0].recv(9).decode())`;

describe.each(await waysOfIsolation())('locked by the kernel, $title (R-SEC-5)', ({ kind, isPossible }) => {
  const cannot = test.skipIf(!isPossible || !filesHeld);

  cannot.each([
    ['held', undefined, 'read True\nlist True\nwrite True\nown done\n'],
    // Shows that the locks are needed: without them, the same attempt succeeds.
    ['not held', { locks: null }, 'read done\nlist done\nwrite done\nown done\n'],
  ])(
    'a session gets out through a file descriptor that a process outside passes to it: %s',
    async (_, given, said) => {
      const outside = join(ground.scratch.path, crypto.randomUUID());
      mkdirSync(join(outside, 'inner'), { recursive: true });
      writeFileSync(join(outside, 'secret'), 'secret');
      const { worktree, handle } = await start(kind, [python(), '-c', takeFolder], {}, given);
      await untilPrinted(handle);
      const giver = spawn('python3', ['-c', giveFolder, join(worktree, 'door'), outside], {
        stdio: 'inherit',
      });
      onTestFinished(() => void giver.kill());
      const outcome = await outcomeOf(handle);
      expect(outcome).toMatchObject({ exitCode: 0, stderr: '', stdout: `ready\n${said}` });
      expect(existsSync(join(outside, 'planted'))).toBe(given !== undefined);
    },
  );

  cannot('a session creates devices, or mounts in its own namespaces', async () => {
    const script = `mknod null c 1 3 2>/dev/null && echo device
      unshare --user --map-root-user --mount sh -c 'mount -t tmpfs tmpfs . && echo mounted' 2>/dev/null; echo done`;
    const { handle } = await start(kind, ['/bin/sh', '-c', script]);
    await expect(outcomeOf(handle)).resolves.toMatchObject({ stdout: 'done\n' });
  });

  test.skipIf(!isPossible || !portsHeld).each([
    ['closed', true],
    // Shows that the locks are needed: without them, the same attempts succeed.
    ['not closed', false],
  ])(
    'with the machine’s network, a session reaches the port of Moose’s API or database: %s',
    async (_, isClosed) => {
      const [own, other, free] = await Promise.all([openServer(0), openServer(0), freePort()]);
      const argv = [python(), '-c', tries, ...[portOf(own), portOf(other), free].map(String)] as const;
      const closedPorts = isClosed ? [portOf(own), free] : [];
      const { handle } = await start(kind, argv, { network: 'machine', closedPorts });
      const { stdout, stderr } = await outcomeOf(handle);
      const came = Object.fromEntries(stdout.split('\n').map((line) => line.split(/ (?=\S+$)/)));
      expect(came, stderr).toMatchObject({ other: 'reached', 'bind any': 'bound', udp: undefined });
      expect(stdout).toMatch(/^udp$/m);
      if (isClosed)
        expect(came).toMatchObject({
          tcp: 'EACCES',
          tcp6: 'EACCES',
          mptcp: 'EPROTONOSUPPORT',
          smc: 'EAFNOSUPPORT',
          bind: 'EACCES',
          fast: 'ENOTSUP',
          'fast message': 'ENOTSUP',
          ring: 'EPERM',
        });
      else expect(came).toMatchObject({ tcp: 'reached', tcp6: 'reached', fast: 'reached', bind: 'bound' });
    },
  );

  test.skipIf(!isPossible || !scopesHeld)(
    'with the machine’s network, a session reaches the abstract sockets of the bus or of containers',
    async () => {
      const name = `moose-${crypto.randomUUID()}`;
      await openServer(`\0${name}`);
      const script = `const { connect } = require('node:net');
        connect('\\0' + process.argv[1]).on('data', String).on('data', (data) => console.log(String(data)))
          .on('error', (error) => console.log(error.code));`;
      const argv = [process.execPath, '-e', script, name] as const;
      const [held, open] = await Promise.all([
        start(kind, argv, { network: 'machine' }),
        start(kind, argv, { network: 'machine' }, { locks: null }),
      ]);
      expect([(await outcomeOf(held.handle)).stdout, (await outcomeOf(open.handle)).stdout]).toEqual([
        'EPERM\n',
        'reached\n',
      ]);
    },
  );

  cannot.each([
    ['held', undefined, 'none\n'],
    // Shows that the filter is needed: without it, the session reads the key.
    ['not held', { locks: null }, 'secret\n'],
  ])('a session reads the keys that the kernel keeps for its user: %s', async (_, given, said) => {
    // KEYCTL_SEARCH and KEYCTL_READ in the keyring that it inherited from the process that started it.
    const read = `my ($type, $name, $bytes) = ('user', 'moose-test', ' ' x 6);
      my $key = syscall($ARGV[0], 10, -3, $type, $name, 0);
      print syscall($ARGV[0], 11, $key, $bytes, 6) == 6 ? $bytes : 'none', "\\n"`;
    const call = process.arch === 'arm64' ? 219 : 250;
    const argv = ['/usr/bin/perl', '-e', read, String(call)] as const;
    const { handle } = await start(kind, argv, {}, { ...given, before: ['perl', '-e', addKey(call)] });
    await expect(outcomeOf(handle)).resolves.toMatchObject({ stdout: said });
  });

  cannot('a session deletes the shared memory of its user’s other programs', async () => {
    const id = execFileSync('ipcmk', ['-M', '4096'], { encoding: 'utf8' }).replaceAll(/\D/g, '');
    onTestFinished(() => void execFileSync('ipcrm', ['-m', id]));
    const script =
      'ipcrm -m "$1" 2>/dev/null && echo ended; ipcs -m -i "$1" 2>/dev/null | grep bytes; echo done';
    const { handle } = await start(kind, ['/bin/sh', '-c', script, 'sh', id]);
    await expect(outcomeOf(handle)).resolves.toMatchObject({ stdout: 'done\n' });
    expect(execFileSync('ipcs', ['-m', '-i', id], { encoding: 'utf8' })).toContain('bytes');
  });

  cannot('a session runs although the kernel refused its locks at the last moment', async () => {
    const spoilt = (word: string) =>
      word.replace(/^(ruleset )(\w+)/m, (_, name, given) => name + 'f'.repeat(given.length));
    const { handle } = await start(kind, ['/bin/sh', '-c', 'echo ran'], {}, { change: spoilt });
    await expect(outcomeOf(handle)).resolves.toMatchObject({
      exitCode: 45,
      stdout: '',
      stderr: expect.stringMatching(/no isolation for this session: the kernel refused a set of rules: \w/),
    });
  });
});

/** Perl code that creates a new keyring with a key in it, and then runs the program given as arguments. */
function addKey(call: number): string {
  return `my ($type, $name, $secret) = ('user', 'moose-test', 'secret');
    syscall(${call}, 1, 0); syscall(${call - 2}, $type, $name, $secret, 6, -3) < 0 and die $!; exec @ARGV`;
}

function python(): string {
  return spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
    encoding: 'utf8',
  }).stdout.trim();
}

test.each([
  ['there is no perl', null, /perl.* is not installed on this machine/, /Install perl/],
  ['perl does not run', 'exit 2', /does not run/, /Reinstall perl/],
  ['the kernel has no Landlock', 'printf "errno 38"', /has no Landlock/, /Linux 6\.7/],
  ['Landlock was switched off', 'printf "errno 95"', /switched off \(error 95\)/, /lsm=/],
  ['Landlock is of the first version', 'printf "abi 1"', /version is 1,/, /Linux 6\.7/],
  ['Landlock knows no ports', 'printf "abi 3"', /can reach Moose’s own ports/, /MOOSE_CHECK_NETWORK/],
])('if %s, nobody is told that the second layer is missing (R-SEC-5)', (_, perl, said, toHave) => {
  const folder = join(ground.scratch.path, crypto.randomUUID());
  mkdirSync(folder);
  if (perl !== null) writeFileSync(join(folder, 'perl'), `#!/bin/sh\n${perl}\n`, { mode: 0o755 });
  const found = findLocks(folder);
  expect(found).toMatchObject({ reason: expect.stringMatching(said), advice: expect.stringMatching(toHave) });
  expect(found.locks === null).toBe(perl !== 'printf "abi 3"');
});

test(`what the kernel of this machine enforces: ${reason}`, () => {
  expect(reason).toMatch(/^[A-Z].*\.$/);
});
