import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { countsPathVariable } from './count-reporter.ts';

const root = join(import.meta.dirname, '..');
const runMsMax = 60_000;

interface Run {
  code: number | null;
  stderr: string;
  kept: string;
}

/** Runs vitest on two projects, `one` and `two`, each with the given tests. */
async function runTests(one: string, two: string): Promise<Run> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-count-tests-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const files = {
    'one.test.ts': one,
    'two.test.ts': two,
    'vitest.config.ts': `import { CountReporter } from ${JSON.stringify(join(root, 'test/count-reporter.ts'))};
      const project = (name) => ({ test: { name, include: [name + '.test.ts'] } });
      const reporters = ['default', new CountReporter({ isWhole: true })];
      export default { test: { reporters, passWithNoTests: true, projects: [project('one'), project('two')] } };`,
  };
  const imports = `import { expect, test } from 'vitest';\n`;
  for (const [name, code] of Object.entries(files)) await writeFile(join(directory, name), imports + code);
  const kept = join(directory, 'counts');
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run'], {
    cwd: directory,
    env: { ...process.env, [countsPathVariable]: kept },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stderr] = await Promise.all([text(child.stderr), text(child.stdout)]);
  return { code: await code, stderr, kept: await readFile(kept, 'utf8') };
}

const passing = `test('adds', () => expect(1 + 1).toBe(2));`;

test(
  'the counts of a run are those over all projects',
  async () => {
    const mixed = `${passing} test.skip('later', () => {}); test.todo('some day'); test('breaks', () => expect(1).toBe(2));`;
    const run = await runTests(mixed, passing);
    expect(run.kept).toBe('2 passed, 1 failed, 2 skipped\n');
    expect(run.code).toBe(1);
  },
  runMsMax,
);

test(
  'a test file that cannot be loaded counts as a failure',
  async () => {
    const run = await runTests(passing, `import './nowhere.ts'; ${passing}`);
    expect(run.kept).toBe('1 passed, 1 failed, 0 skipped\n');
    expect(run.code).toBe(1);
  },
  runMsMax,
);

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
