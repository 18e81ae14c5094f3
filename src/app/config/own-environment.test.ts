import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { closedToOthers, isClosedToOthers } from '../../../test/open-to-others.ts';
import { clearLeftParcels, keepLoopbackDirect, ownEnvironment, readKeysFile } from './own-environment.ts';

const fixturePath = fileURLToPath(new URL('./own-environment.fixture.ts', import.meta.url));
const mainPath = fileURLToPath(new URL('../../main.ts', import.meta.url));
const key = 'sk-ant-made-up-1234567890';

async function run(program: string, args: string[], env: Record<string, string>) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [program, ...args], { env: { PATH, HOME, ...env } });
  child.stdin.end('typed');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { pid: child.pid, stdout, stderr };
}

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'moose-keys-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const parcels = () => readdirSync('/dev/shm').filter((name) => name.startsWith('moose-'));

test.runIf(process.platform === 'linux')(
  'R-SEC-4: fear: every process of the user reads the keys in /proc for as long as Moose runs',
  async () => {
    const env = {
      ANTHROPIC_API_KEY: key,
      MOOSE_DATABASE_URL: 'postgres://u:hidden@nowhere/x',
      MOOSE_FORGE_TOKEN: 'ghp_hidden-token',
      OTHER: 'stays',
    };
    const { pid, stdout, stderr } = await run(fixturePath, ['one', '--two'], env);
    const said = JSON.parse(stdout) as Record<string, unknown>;
    expect(stderr).toBe('');
    expect(said).toMatchObject({
      pid,
      args: ['one', '--two'],
      stdin: 'typed',
      key,
      other: 'stays',
      inherited: [],
      parcel: null,
    });
    expect(said.seen).toContain('OTHER=stays');
    expect(said.seen).not.toMatch(/sk-ant|hidden/);
    const path = /MOOSE_HANDED_OVER=\w+:([^\0]+)/.exec(String(said.seen))?.[1] ?? 'none';
    expect(parcels()).not.toContain(path.split('/').at(-1));
  },
);

test.runIf(process.platform === 'linux')(
  'a server starts again with what keeps it small, once, and no program that it starts inherits that',
  async () => {
    const said = async (args: string[], env: Record<string, string>) =>
      JSON.parse((await run(fixturePath, args, env)).stdout) as Record<string, unknown>;
    for (const env of [{}, { ANTHROPIC_API_KEY: key }]) {
      const { seen, ...up } = await said(['up', '--port', '0'], { ...env, MALLOC_ARENA_MAX: '7' });
      expect(up).toMatchObject({
        args: ['up', '--port', '0'],
        stdin: 'typed',
        key: env.ANTHROPIC_API_KEY ?? null,
        options: ['--v8-pool-size=2'],
        // What a person has set counts, and is meant for other programs too.
        allocator: [null, null, '7'],
      });
      expect(seen).toContain('MALLOC_TRIM_THRESHOLD_=');
      expect(seen).toContain('MALLOC_ARENA_MAX=7');
    }
    expect(await said(['up'], { NODE_OPTIONS: '--v8-pool-size=1' })).toMatchObject({ options: [] });
    expect(await said(['ls'], {})).toMatchObject({
      options: [],
      seen: expect.not.stringContaining('MALLOC_'),
    });
  },
);

test.runIf(process.platform === 'linux' && process.geteuid?.() === 0)(
  'R-SEC-4: fear: where the keys cannot be hidden, Moose ends with the stack of an error, or shows them',
  () => {
    const readOnly = 'mount -t tmpfs -o ro none /dev/shm && exec "$0" "$@"';
    const args = ['--mount', 'sh', '-c', readOnly, process.execPath, mainPath, 'ls', '--json'];
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, ANTHROPIC_API_KEY: key };
    const { status, stderr } = spawnSync('unshare', args, { env, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'KEYS_NOT_HIDDEN', advice: expect.stringContaining('MOOSE_KEYS_FILE') },
    });
  },
);

test.runIf(process.platform === 'linux' && process.geteuid?.() === 0)(
  'R-BASE-1: fear: for a user without a home directory, as in a container, Moose ends with the stack of an error',
  (context) => {
    context.skip(isClosedToOthers(), closedToOthers);
    // No user has this number.
    const nobody = ['--reuid', '54321', '--regid', '54321', '--clear-groups'];
    const ls = [...nobody, process.execPath, mainPath, 'ls', '--json'];
    const { PATH = '' } = process.env;
    const codeOf = (...args: string[]) =>
      JSON.parse(spawnSync('setpriv', [...ls, ...args], { env: { PATH }, encoding: 'utf8' }).stderr).error
        .code;
    expect(codeOf()).toBe('HOME_UNKNOWN');
    expect(codeOf('--data', '/nowhere/at/all')).toBe('DATABASE_EMPTY');
  },
);

test('R-SEC-4: the program itself hides its keys before it does anything else', () => {
  const statements = readFileSync(mainPath, 'utf8')
    .split('\n')
    .filter((line) => !/^(#|\/|import|$)/.test(line));
  expect(statements).toEqual([
    'refuseOldNode();',
    "const { startAgain } = await import('./app/config/own-environment.ts');",
    'startAgain();',
    "const { closeInherited } = await import('./app/config/inherited-files.ts');",
    'closeInherited(process.argv);',
    "const { keepCompiledCode } = await import('./app/config/code-cache.ts');",
    'await keepCompiledCode();',
    "await import('./app/command-line.ts');",
  ]);
});

test('R-SEC-4: keys are read only from a file that only its owner can read', async () => {
  const file = join(directory(), 'keys');
  writeFileSync(file, `# Anthropic\nANTHROPIC_API_KEY="${key}"\n\nexport OPENAI_API_KEY=other\n`, {
    mode: 0o600,
  });
  const given = { MOOSE_KEYS_FILE: file };
  expect(JSON.parse((await run(fixturePath, [], given)).stdout)).toMatchObject({ key });
  chmodSync(file, 0o644);
  expect((await run(fixturePath, [], given)).stderr).toContain('can be read by others');
  writeFileSync(file, 'ANTHROPIC_KEY=x\n', { mode: 0o600 });
  chmodSync(file, 0o600);
  expect((await run(fixturePath, [], given)).stderr).toContain('Line 1');
  expect((await run(fixturePath, [], { MOOSE_KEYS_FILE: `${file}.no` })).stderr).toContain('cannot be read');
});

test.runIf(process.platform === 'linux')(
  'R-SEC-4: fear: the parcel of a process that died while restarting stays forever, or one in use is deleted',
  () => {
    const place = directory();
    const [, startTime = ''] = /\) (?:\S+ ){19}(\d+)/.exec(readFileSync('/proc/self/stat', 'latin1')) ?? [];
    const uuid = () => crypto.randomUUID();
    const longAgo = new Date(Date.now() - 3_600_000);
    const put = (name: string, at?: Date) => {
      writeFileSync(join(place, name), 'sealed', { mode: 0o600 });
      if (at) utimesSync(join(place, name), at, at);
      return name;
    };
    const dead = spawnSync('true').pid;
    put(`moose-keys-${dead}-1-${uuid()}`, longAgo);
    // This process ID now belongs to another process.
    put(`moose-keys-${process.pid}-1-${uuid()}`, longAgo);
    const kept = [
      put(`moose-keys-${process.pid}-${startTime}-${uuid()}`, longAgo),
      put(`moose-keys-${dead}-1-${uuid()}`),
      put('moose-keys-of-a-person', longAgo),
      put(`other-${dead}-1-${uuid()}`, longAgo),
    ];
    const linked = `moose-keys-${dead}-1-${uuid()}`;
    symlinkSync(join(place, 'other'), join(place, linked));
    if (process.geteuid?.() === 0) {
      const ofAnother = put(`moose-keys-${dead}-1-${uuid()}`, longAgo);
      chownSync(join(place, ofAnother), 65_534, 65_534);
      kept.push(ofAnother);
    }
    clearLeftParcels(place);
    expect(readdirSync(place).sort()).toEqual([...kept, linked].sort());
    expect(() => clearLeftParcels(join(place, 'missing'))).not.toThrow();
  },
);

test.runIf(process.platform === 'linux')(
  'R-SEC-4: fear: the keys that a killed Moose left behind survive the next start of Moose',
  async () => {
    const left = join('/dev/shm', `moose-keys-${spawnSync('true').pid}-1-${crypto.randomUUID()}`);
    writeFileSync(left, 'sealed', { mode: 0o600 });
    onTestFinished(() => rmSync(left, { force: true }));
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(left, longAgo, longAgo);
    await run(fixturePath, [], { ANTHROPIC_API_KEY: key });
    expect(existsSync(left)).toBe(false);
  },
);

test.each<[string, string | null, number, RegExp]>([
  ['is not there', null, 0o600, /cannot be read/],
  ['sets a name that is no key', 'PATH=/bin\n', 0o600, /^Line 1 of the keys file/],
  ['can be read by others', 'OPENAI_API_KEY=x\n', 0o644, /can be read by others/],
])('R-SEC-4: a keys file that %s is refused, and the error says which', (_, content, mode, message) => {
  const path = join(directory(), 'keys');
  if (content !== null) writeFileSync(path, content, { mode });
  expect(() => readKeysFile(path)).toThrow(
    expect.objectContaining({ code: 'KEYS_UNREADABLE', message: expect.stringMatching(message) }),
  );
});

test('R-SEC-4: keys that were not handed over by Moose are refused', () => {
  process.env.MOOSE_HANDED_OVER = 'made up';
  expect(() => ownEnvironment()).toThrow(expect.objectContaining({ code: 'KEYS_UNREADABLE' }));
  expect(process.env.MOOSE_HANDED_OVER).toBeUndefined();
});

test('R-BASE-1: fear: requests to this machine go through the proxy because Node is told to use it', () => {
  const env: Record<string, string | undefined> = { NODE_USE_ENV_PROXY: '1', NO_PROXY: 'corp.example' };
  keepLoopbackDirect(env);
  expect(env).toMatchObject({ NO_PROXY: 'corp.example,localhost,127.0.0.1,::1', no_proxy: env.NO_PROXY });
  const other = { HTTPS_PROXY: 'http://proxy' };
  keepLoopbackDirect(other);
  expect(other).toEqual({ HTTPS_PROXY: 'http://proxy' });
});
