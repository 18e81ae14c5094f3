import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProcess } from '../start-process.ts';
import { IsolatedGround, outcomeOf, waysOfIsolation } from './isolated-ground.fixture.ts';
import {
  enterNamespace,
  findWay,
  type IsolationKind,
  locksHere,
  type NamespaceRequest,
} from './isolation-way.ts';
import { viewFor } from './session-view.ts';

let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

const { locks } = locksHere();
const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout.trim();

/** Runs python in a session, with `call(NAME, NUMBERS, ...)`, which makes a system call and prints how it ended. */
async function run(kind: IsolationKind, script: string, more: Partial<NamespaceRequest> = {}, isHeld = true) {
  const way = findWay(kind);
  if ('missing' in way) throw new Error(`${way.missing} is missing`);
  const directory = ground.scratch.directory();
  const worktree = join(ground.scratch.path, crypto.randomUUID());
  mkdirSync(worktree);
  const argv = [python, '-c', `${prelude}\n${script}`] as const;
  const view = viewFor({
    sessionPath: directory,
    argv,
    env,
    cwd: worktree,
    userHome: '/nobody',
    dataDirectory: ground.scratch.path,
    hidden: [],
    granted: [],
    shown: [{ path: worktree, sight: 'write' }],
  });
  const entered = enterNamespace(isHeld ? way : { ...way, locks: null }, {
    argv: [...argv],
    cwd: worktree,
    network: 'none',
    view,
    ...more,
  });
  const handle = await startProcess({ directory, argv: entered, env, cwd: worktree });
  const { stdout, stderr } = await outcomeOf(handle);
  const said = Object.fromEntries(stdout.split('\n').map((line) => line.split('=')));
  return { said, stderr, worktree, own: join(directory, 'own') };
}

const prelude = `
import ctypes, errno, os, platform
libc = ctypes.CDLL(None, use_errno=True)
isArm = platform.machine() == 'aarch64'
def call(name, numbers, *words):
    number = numbers[1 if isArm else 0]
    if number is None: return print(name + '=EPERM', flush=True)
    ctypes.set_errno(0)
    given = [ctypes.c_long(word) if isinstance(word, int) else word for word in words]
    print(name + '=' + ('done' if libc.syscall(number, *given) >= 0 else errno.errorcode[ctypes.get_errno()]), flush=True)
here = -100
`;

/** Every way to give a file the rights of its owner or group. */
const rights = `
for bits, kind in ((0o4755, 'user'), (0o2755, 'group'), (0o6711, 'both'), (0o4000, 'bare')):
    name = lambda how: (how + '-' + kind).encode()
    for how in ('chmod', 'fchmod', 'fchmodat', 'fchmodat2', 'self', 'tmp', 'shared'): open(name(how), 'w').close()
    file = os.open(name('fchmod'), os.O_RDWR)
    call('chmod ' + kind, (90, None), name('chmod'), bits)
    call('fchmod ' + kind, (91, 52), file, bits)
    call('fchmodat ' + kind, (268, 53), here, name('fchmodat'), bits)
    call('fchmodat2 ' + kind, (452, 452), here, name('fchmodat2'), bits, 0)
    call('by descriptor ' + kind, (268, 53), here, ('/proc/self/fd/%d' % file).encode(), bits)
    call('in tmp ' + kind, (268, 53), here, b'/tmp', bits)
    call('creat ' + kind, (85, None), name('creat'), bits)
    call('open ' + kind, (2, None), name('open'), os.O_CREAT | os.O_WRONLY, bits)
    call('openat ' + kind, (257, 56), here, name('openat'), os.O_CREAT | os.O_WRONLY, bits)
    call('nameless ' + kind, (257, 56), here, b'.', os.O_TMPFILE | os.O_WRONLY, bits)
    call('mknod ' + kind, (133, None), name('mknod'), 0o100000 | bits, 0)
    call('mknodat ' + kind, (259, 33), here, name('mknodat'), 0o100000 | bits, 0)
how = (ctypes.c_uint64 * 3)(os.O_CREAT | os.O_WRONLY, 0o4755, 0)
call('openat2', (437, 437), here, b'openat2', ctypes.byref(how), 24)
caps = bytes.fromhex('0100000200040000000000000000000000000000')
open('capable', 'w').close()
call('capability', (188, 5), b'capable', b'security.capability', caps, len(caps), 0)
call('capability by descriptor', (190, 7), os.open('capable', os.O_RDWR), b'security.capability', caps, len(caps), 0)
`;

/** The same by the calls of 32-bit programs, which have other numbers; `none` where the kernel has no such calls. */
const narrow = `
import mmap
code = mmap.mmap(-1, 8192, prot=7, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40)
code.write(bytes.fromhex('5389f889f34189c889d14489c2cd805bc3') + bytes(4096 - 17) + b'narrow\\0')
at = ctypes.addressof(ctypes.c_char.from_buffer(code))
enter = ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_uint32] * 4)(at)
open('narrow', 'w').close()
def tried(name, *words):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        ended = enter(*words)
        os.write(write, ('done' if ended >= 0 else errno.errorcode[-ended]).encode()); os._exit(0)
    os.waitpid(child, 0); os.close(write)
    print(name + '=' + (os.read(read, 99).decode() or 'none'), flush=True)
name = at + 4096
tried('chmod', 15, name, 0o4755, 0)
tried('fchmod', 94, os.open('narrow', os.O_RDWR), 0o2755, 0)
tried('creat', 8, name, 0o4755, 0)
tried('open', 5, name, os.O_CREAT | 1, 0o4755)
tried('mknod', 14, name, 0o104755, 0)
tried('fchmodat', 306, 0xffffff9c, name, 0o4755)
tried('unshare', 310, 0x10000000, 0, 0)
tried('clone', 120, 0x10000011, 0, 0)
tried('honest', 15, name, 0o755, 0)
`;

const usual = `
open('file', 'w').close(); os.mkdir('folder')
call('mode', (268, 53), here, b'file', 0o755)
call('sticky', (268, 53), here, b'folder', 0o1777)
call('create', (257, 56), here, b'made', os.O_CREAT | os.O_WRONLY, 0o644)
call('read', (257, 56), here, b'file', os.O_RDONLY, 0o4755)
os.execvp('sh', ['sh', '-c', 'mkdir -p a/b && cp -a folder copy && tar cf x.tar folder && tar xpf x.tar && chmod -R u+w a && echo tools=done'])
`;

const namespaces = `
for name, flag in (('mount', 0x20000), ('cgroup', 0x2000000), ('uts', 0x4000000), ('ipc', 0x8000000), ('user', 0x10000000), ('pid', 0x20000000), ('net', 0x40000000), ('time', 0x80)):
    child = os.fork()
    if child == 0:
        call('unshare ' + name, (272, 97), flag); os._exit(0)
    os.waitpid(child, 0)
def cloned(name, flags):
    ctypes.set_errno(0)
    child = libc.syscall(220 if isArm else 56, ctypes.c_long(flags | 17), 0, 0, 0, 0)
    if child == 0: os._exit(0)
    if child > 0: os.waitpid(child, 0)
    print(name + '=' + ('done' if child > 0 else errno.errorcode[ctypes.get_errno()]), flush=True)
cloned('clone user', 0x10000000)
cloned('clone user and net', 0x50000000)
cloned('clone', 0)
call('setns', (308, 268), os.open('/proc/self/ns/uts', os.O_RDONLY), 0)
call('clone3', (435, 435), None, 0)
import threading; thread = threading.Thread(target=lambda: print('thread=done')); thread.start(); thread.join()
`;

/** In a namespace of its own, root tries to give a file rights that hold outside, too. */
const deeper = `
open('capable', 'w').close()
call('unshare', (272, 97), 0x10000000)
for name, text in (('setgroups', 'deny'), ('uid_map', '0 0 1'), ('gid_map', '0 0 1')):
    try: open('/proc/self/' + name, 'w').write(text)
    except OSError: pass
caps = bytes.fromhex('0100000200040000000000000000000000000000')
call('capability', (188, 5), b'capable', b'security.capability', caps, len(caps), 0)
call('mode', (268, 53), here, b'capable', 0o4755)
`;

describe.each(await waysOfIsolation())('calls of a session, $title (R-SEC-5)', ({ kind, isPossible }) => {
  const cannot = test.skipIf(!isPossible || locks === null);

  cannot('a file with another’s rights is left by a session', async () => {
    const { said, stderr, worktree, own } = await run(kind, rights);
    expect(stderr).toBe('');
    const { openat2, '': _, ...others } = said;
    expect(openat2).toBe('ENOSYS');
    expect(Object.keys(others).length).toBeGreaterThan(40);
    expect(others).toEqual(Object.fromEntries(Object.keys(others).map((name) => [name, 'EPERM'])));
    expect([...filesWithRights(worktree), ...filesWithRights(own)]).toEqual([]);
  });

  cannot('without the filter, nothing refuses such a file, so the test above proves nothing', async () => {
    const { said, worktree } = await run(kind, rights, {}, false);
    expect(said).toMatchObject({ 'fchmod user': 'done', 'openat both': 'done', openat2: 'done' });
    expect(filesWithRights(worktree).length).toBeGreaterThan(20);
  });

  test.skipIf(!isPossible || locks === null || process.arch !== 'x64')(
    'a 32-bit program leaves such a file, or makes namespaces',
    async () => {
      const { said, stderr } = await run(kind, narrow);
      expect(stderr).toBe('');
      const { honest, '': _, ...others } = said;
      const isThere = honest === 'done';
      expect(Object.values(others)).toEqual(Array(8).fill(isThere ? 'EPERM' : 'none'));
    },
  );

  cannot('honest modes are refused', async () => {
    const { said, stderr } = await run(kind, usual);
    expect(stderr).toBe('');
    const done = { mode: 'done', sticky: 'done', create: 'done', read: 'done', tools: 'done' };
    expect(said).toMatchObject(done);
  });

  cannot('a session makes namespaces, in which it has rights over more of the kernel', async () => {
    const { said, stderr } = await run(kind, namespaces);
    expect(stderr).toBe('');
    expect(said).toMatchObject({ clone: 'done', clone3: 'ENOSYS', thread: 'done', setns: 'EPERM' });
    const made = Object.entries(said).filter(([name]) => /^(unshare|clone) ./.test(name));
    expect(made.length).toBe(10);
    expect(made.filter(([, how]) => how !== 'EPERM')).toEqual([]);
  });

  test.skipIf(!isPossible || locks === null || process.geteuid?.() !== 0)(
    'in a namespace that a person allows, root gives a file rights that hold outside',
    async () => {
      const { said, stderr } = await run(kind, deeper, { allowsNamespaces: true });
      expect(stderr).toBe('');
      expect(said).toMatchObject({ unshare: 'done', mode: 'EPERM' });
      expect(said.capability).not.toBe('done');
    },
  );

  cannot('the namespaces that a person allows are refused', async () => {
    const { said } = await run(kind, namespaces, { allowsNamespaces: true });
    expect(said).toMatchObject({
      'unshare user': 'done',
      'clone user': 'done',
      'clone user and net': 'done',
    });
  });
});

function filesWithRights(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const found = lstatSync(join(folder, name));
    return found.isFile() && (found.mode & 0o6000) !== 0;
  });
}
