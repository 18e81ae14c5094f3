import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { countsPathVariable, failuresPathVariable } from './count-reporter.ts';

const root = join(import.meta.dirname, '..');
const runMsMax = 60_000;

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
  kept: string;
  failures: string;
}

/** Runs vitest on two projects, `one` and `two`, each with the given tests; `before` is what earlier runs have counted. */
async function runTests(one: string, two: string, before = ''): Promise<Run> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-count-tests-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const files = {
    'one.test.ts': one,
    'two.test.ts': two,
    'vitest.config.ts': `import { CountReporter } from ${JSON.stringify(join(root, 'test/count-reporter.ts'))};
      const project = (name) => ({ test: { name, include: [name + '.test.ts'] } });
      const reporters = ['default', new CountReporter({ isWhole: true, ring: 'first' })];
      export default { test: { reporters, passWithNoTests: true, projects: [project('one'), project('two')] } };`,
  };
  const imports = `import { expect, test } from 'vitest';\n`;
  for (const [name, code] of Object.entries(files)) await writeFile(join(directory, name), imports + code);
  const kept = join(directory, 'counts');
  await writeFile(kept, before);
  const failures = join(directory, 'failures');
  await writeFile(failures, '');
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run'], {
    cwd: directory,
    env: { ...process.env, [countsPathVariable]: kept, [failuresPathVariable]: failures },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return {
    code: await code,
    stdout,
    stderr,
    kept: await readFile(kept, 'utf8'),
    failures: await readFile(failures, 'utf8'),
  };
}

const passing = `test('adds', () => expect(1 + 1).toBe(2));`;

test('the counts of a run are those over all projects', async () => {
  const mixed = `${passing} test.skip('later', () => {}); test.todo('some day'); test('breaks', () => expect(1).toBe(2));`;
  const run = await runTests(mixed, passing);
  expect(run.kept).toBe('2 passed, 1 failed, 2 skipped\n');
  expect(run.failures).toBe('one.test.ts > breaks\n');
  expect(run.code).toBe(1);
});

test('the counts of a second run are added to those of the first, and skipped tests are listed by file', async () => {
  const later = `${passing} test.skip('later', () => {});`;
  const run = await runTests(passing, later, '5 passed, 1 failed, 0 skipped\n');
  expect(run.kept).toBe('5 passed, 1 failed, 0 skipped\n2 passed, 0 failed, 1 skipped\n');
  expect(run.stdout).toContain('\nTests that this machine cannot run are skipped:\n  two.test.ts: 1\n');
  expect(run.code).toBe(0);
});

test('a test file that cannot be loaded counts as a failure', async () => {
  const run = await runTests(passing, `import './nowhere.ts'; ${passing}`);
  expect(run.kept).toBe('1 passed, 1 failed, 0 skipped\n');
  expect(run.failures).toBe('two.test.ts\n');
  expect(run.code).toBe(1);
});

test(
  'a run fails if one of its projects passed no test, even if no test failed',
  async () => {
    const run = await runTests(passing, `test.skip('later', () => {});`);
    expect(run.kept).toBe('1 passed, 0 failed, 1 skipped\n');
    expect(run.stderr).toContain('No test of the project "two" has passed');
    expect(run.code).toBe(1);
    expect(await runTests(passing, passing)).toMatchObject({ code: 0 });
  },
  2 * runMsMax,
);
