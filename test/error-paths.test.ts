import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import { expect, onTestFinished, test } from 'vitest';
import { countsForErrorPaths, findErrorPaths } from './error-paths/find-error-paths.ts';
import { insertMarks } from './error-paths/insert-marks.ts';
import { markErrorPaths } from './error-paths/mark-error-paths.ts';
import { coveredPercent, reportLines, withoutUnreachable } from './error-paths/report.ts';
import { runsVariable, uncoveredPaths } from './error-paths/runs-file.ts';

const planted = await readFile(join(import.meta.dirname, 'fixtures', 'planted-error-paths.ts.txt'), 'utf8');
const root = join(import.meta.dirname, '..');

test('R-CHA-2: an error path is a catch, a callback for failures, a throw, or a builder of errors', () => {
  const paths = findErrorPaths({ path: 'src/planted.ts', text: planted });
  const lineOf = (start: number) => planted.slice(0, start).split('\n').length;
  expect(paths.map(({ kind, line, mark }) => `${kind} ${line} ${lineOf(mark.start)}`)).toEqual([
    'builder 5 6',
    'builder 9 9',
    'catch 14 15',
    'catch 22 23',
    'throw 24 24',
    'callback 29 29',
    'throw 33 33',
    'callback 34 37',
    'callback 43 43',
  ]);
});

test('only code that runs in production counts', () => {
  const all = ['src/git/a.ts', 'src/a.ts', 'src/git/a.test.ts', 'src/a.fixture.ts', 'src/a-program.ts'];
  expect([...all, 'src/demo/a.ts', 'test/a.ts', 'src/a.sql'].filter(countsForErrorPaths)).toEqual(
    all.slice(0, 2),
  );
});

/** The uncovered lines after a real run of vitest in which a test calls these functions of the planted file. */
async function uncoveredAfter(calls: string): Promise<number[]> {
  const directory = await plantedFolder('planted.ts', planted);
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  await writeFile(
    join(directory, 'planted.test.ts'),
    `import { expect, test } from 'vitest';\nimport * as it from './src/planted.ts';\ntest('runs', async () => { ${calls} });\n`,
  );
  const plugin = JSON.stringify(join(root, 'test/error-paths/mark-error-paths.ts'));
  await writeFile(
    join(directory, 'vitest.config.mts'),
    `import { markErrorPaths } from ${plugin};\nexport default { plugins: [markErrorPaths(import.meta.dirname)] };\n`,
  );
  const program = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const runsPath = join(directory, 'runs');
  await writeFile(runsPath, '');
  await promisify(execFile)(process.execPath, [program, 'run', '--root', directory], {
    cwd: directory,
    env: { ...process.env, [runsVariable]: runsPath },
  });
  const paths = findErrorPaths({ path: 'src/planted.ts', text: planted });
  return uncoveredPaths(paths, runsPath).map(({ line }) => line);
}

async function plantedFolder(name: string, text: string): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-error-paths-')));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, 'src'));
  await writeFile(join(directory, 'src', name), text);
  return directory;
}

test('R-CHA-2: a path that no test has run lowers the figure, even if the rest of its file has run', async () => {
  const path = "'planted.test.ts'";
  const wellEnded = `it.caught('1'); it.uncaught('1'); await it.called(${path}); await it.told(${path}, false);
    await it.ignored(${path});`;
  expect(await uncoveredAfter(wellEnded)).toEqual([5, 9, 14, 22, 24, 29, 33, 34, 43]);
  const failed = `expect(it.caught('{')).toBe(null); expect(() => it.uncaught('{')).toThrow('built');
    expect(await it.called('absent')).toBe(''); expect(() => it.told('x', true)).toThrow('thrown');
    expect(await it.told('absent', false)).toMatchObject({ code: 'ENOENT' });
    expect(await it.ignored('absent')).toBe(undefined);`;
  expect(await uncoveredAfter(failed)).toEqual([]);
});

test('the report has the number, the files and the paths', () => {
  const all = findErrorPaths({ path: 'src/git/planted.ts', text: planted }).slice(0, 8);
  const paths = { all, uncovered: all.slice(0, 2) };
  expect(coveredPercent(paths)).toBe(75);
  expect(reportLines(paths)).toEqual([
    'Error paths covered: 6 of 8 (75.0 %)',
    '  src/git            6 of 8 (75.0 %)',
    'Most uncovered:',
    '    2 src/git/planted.ts:5,9',
  ]);
  expect(coveredPercent({ all: [], uncovered: [] })).toBe(100);
});

test('R-CHA-2: what no test could run for want of a program is not counted, and is listed with the program', () => {
  const all = findErrorPaths({ path: 'src/git/planted.ts', text: planted }).slice(0, 8);
  const missing = [{ name: 'git-lfs', sources: ['src/git/planted.ts'] }];
  const paths = withoutUnreachable({ all, uncovered: all.slice(0, 2) }, missing);
  expect(reportLines(paths)).toEqual([
    'Error paths covered: 6 of 6 (100.0 %)',
    '  src/git            6 of 6 (100.0 %)',
    'Not counted, for want of git-lfs: src/git/planted.ts:5, src/git/planted.ts:9',
  ]);
  expect(withoutUnreachable({ all, uncovered: all.slice(0, 2) }, [])).toEqual({
    all,
    uncovered: all.slice(0, 2),
    unreachable: [],
  });
});

test('marks leave every line where it was, and files without error paths that count as they are', () => {
  const lines = insertMarks({ path: 'src/planted.ts', text: planted })?.split('\n') ?? [];
  expect(lines).toHaveLength(planted.split('\n').length);
  expect(lines[32]).toMatch(
    /^ {2}if \(whether\) throw report\w+\("src\/planted\.ts:\d+"\), arrow\('thrown'\);$/,
  );
  expect(insertMarks({ path: 'src/planted.test.ts', text: planted })).toBe(null);
  expect(insertMarks({ path: 'src/planted.ts', text: 'export const one = 1;\n' })).toBe(null);
});

test('R-CHA-2: what a built program runs counts for its sources, even if it is killed', async () => {
  // Types and multi-byte letters come before the code: the places must still be right.
  const text = `type Größe = { 'Maß': number };\n${planted}\nconst größe: Größe = { 'Maß': 1 };\ncaught('{'); void größe; process.kill(process.pid, 'SIGKILL');\n`;
  const directory = await plantedFolder('planted.ts', text);
  const file = join(directory, 'planted.mjs');
  const runsPath = join(directory, 'runs');
  await build({
    input: join(directory, 'src', 'planted.ts'),
    platform: 'node',
    plugins: [markErrorPaths(directory)],
    transform: { define: { [`process.env.${runsVariable}`]: JSON.stringify(runsPath) } },
    output: { file, format: 'esm' },
  });
  await expect(promisify(execFile)(process.execPath, [file], { env: {} })).rejects.toMatchObject({
    signal: 'SIGKILL',
  });
  const paths = findErrorPaths({ path: 'src/planted.ts', text });
  expect(paths.map(({ line }) => line)).toEqual([6, 10, 15, 23, 25, 30, 34, 35, 44]);
  expect(uncoveredPaths(paths, runsPath).map(({ line }) => line)).toEqual([6, 10, 23, 25, 30, 34, 35, 44]);
});
