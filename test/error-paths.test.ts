import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import { expect, onTestFinished, test } from 'vitest';
import { uncoveredInChildren } from './error-paths/child-coverage.ts';
import { countsForErrorPaths, findErrorPaths } from './error-paths/find-error-paths.ts';
import { type FileCoverage, uncoveredPaths } from './error-paths/judge-coverage.ts';
import { coveredPercent, reportLines } from './error-paths/report.ts';

const planted = await readFile(join(import.meta.dirname, 'fixtures', 'planted-error-paths.ts.txt'), 'utf8');
const root = join(import.meta.dirname, '..');

test('R-CHA-2: an error path is a catch, a callback for failures, a throw, or a builder of errors', () => {
  const paths = findErrorPaths({ path: 'src/planted.ts', text: planted });
  const lineOf = (start: number) => planted.slice(0, start).split('\n').length;
  expect(paths.map(({ kind, line, start }) => `${kind} ${line} ${lineOf(start)}`)).toEqual([
    'builder 5 6',
    'builder 9 9',
    'catch 14 15',
    'catch 22 23',
    'throw 24 24',
    'callback 29 29',
    'throw 33 33',
    'callback 34 37',
  ]);
});

test('only code that runs in production counts', () => {
  const all = ['src/git/a.ts', 'src/a.ts', 'src/git/a.test.ts', 'src/a.fixture.ts', 'src/a-program.ts'];
  expect([...all, 'src/demo/a.ts', 'test/a.ts', 'src/a.sql'].filter(countsForErrorPaths)).toEqual(
    all.slice(0, 2),
  );
});

const measuredMsMax = 60_000;

/**
 * The uncovered lines that a real run of vitest reports for the planted file, while a test calls these functions of it.
 */
async function uncoveredAfter(calls: string): Promise<number[]> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-error-paths-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  await writeFile(join(directory, 'planted.ts'), planted);
  await writeFile(
    join(directory, 'planted.test.ts'),
    `import { expect, test } from 'vitest';\nimport * as it from './planted.ts';\ntest('runs', async () => { ${calls} });\n`,
  );
  const reporter = `export default class { onCoverage(map) { const [file] = map.files(); writeFileSync('coverage.json', JSON.stringify(map.fileCoverageFor(file))); } };`;
  await writeFile(join(directory, 'keep.mjs'), `import { writeFileSync } from 'node:fs';\n${reporter}\n`);
  const program = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const options = ['--coverage.enabled', '--coverage.include=planted.ts', '--reporter=./keep.mjs'];
  await promisify(execFile)(process.execPath, [program, 'run', '--root', directory, ...options], {
    cwd: directory,
  });
  const coverage: FileCoverage = JSON.parse(await readFile(join(directory, 'coverage.json'), 'utf8'));
  const paths = findErrorPaths({ path: 'src/planted.ts', text: planted });
  return uncoveredPaths(planted, paths, coverage).map(({ line }) => line);
}

test(
  'R-CHA-2: a path that no test has run lowers the figure, even if the rest of its file has run',
  async () => {
    const wellEnded = `it.caught('1'); it.uncaught('1'); await it.called('planted.ts'); await it.told('planted.ts', false);`;
    expect(await uncoveredAfter(wellEnded)).toEqual([5, 9, 14, 22, 24, 29, 33, 34]);
    const failed = `it.caught('{'); expect(() => it.uncaught('{')).toThrow(); await it.called('/nowhere');
    expect(() => it.told('x', true)).toThrow(); await it.told('/nowhere', false);`;
    expect(await uncoveredAfter(failed)).toEqual([]);
  },
  measuredMsMax,
);

test('the report has the number, the files and the paths', () => {
  const all = findErrorPaths({ path: 'src/git/planted.ts', text: planted });
  const paths = { all, uncovered: all.slice(0, 2) };
  expect(coveredPercent(paths)).toBe(75);
  expect(reportLines(paths)).toEqual([
    'Error paths covered: 6 of 8 (75.0 %)',
    '  src/git            6 of 8 (75.0 %)',
    'Most uncovered:',
    '    2 src/git/planted.ts:5,9',
  ]);
  expect(coveredPercent({ all: [], uncovered: [] })).toBe(100);
  expect(uncoveredPaths(planted, all, undefined)).toEqual(all);
});

test('R-CHA-2: the coverage of programs that tests start counts too, and incomplete files do not', async () => {
  const { directory, program, coverage, paths } = await plantedProgram();
  await promisify(execFile)(process.execPath, [program], { env: { NODE_V8_COVERAGE: coverage } });
  await writeFile(join(coverage, 'killed.json'), '{"result":[{"url":"file');
  const left = uncoveredInChildren(coverage, directory, paths);
  expect(left.map(({ line }) => line)).toEqual([6, 10, 23, 25, 30, 34, 35]);
  expect(paths.map(({ line }) => line)).toEqual([6, 10, 15, 23, 25, 30, 34, 35]);
});

test('R-CHA-2: the coverage of a built program counts for its sources', async () => {
  const { directory, program, coverage, paths } = await plantedProgram();
  const file = join(directory, 'dist', 'program.js');
  await build({ input: program, platform: 'node', output: { file, format: 'esm', sourcemap: true } });
  await promisify(execFile)(process.execPath, [file], { env: { NODE_V8_COVERAGE: coverage } });
  const left = uncoveredInChildren(coverage, directory, paths);
  expect(left.map(({ line }) => line)).toEqual([6, 10, 23, 25, 30, 34, 35]);
});

async function plantedProgram() {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-error-paths-')));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const program = join(directory, 'src', 'program.mts');
  await mkdir(join(directory, 'src'));
  // Types and multi-byte letters come before the code: the reported positions must still be right.
  const text = `type Größe = { 'Maß': number };\n${planted}\nconst größe: Größe = { 'Maß': 1 };\ncaught('{'); void größe;\n`;
  await writeFile(program, text);
  const paths = findErrorPaths({ path: 'src/program.mts', text });
  return { directory, program, coverage: join(directory, 'coverage'), paths };
}
