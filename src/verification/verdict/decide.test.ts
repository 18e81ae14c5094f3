import { expect, test } from 'vitest';
import { nothingAsked } from '../../domain/work-order/asked.ts';
import type { ChangedFile } from '../changed-file.ts';
import { noCounts, type ReportedTest, type TestReport } from '../test-report.ts';
import type { CheckRun, CheckRuns, Judged, RunName } from './check-runs.ts';
import { decide } from './decide.ts';

const files = {
  'src/half.js': 'export const half = (n) => n - 2;\nexport const twice = (n) => n * 2;\n',
  'test/half.test.js':
    "import { test } from 'node:test';\nimport assert from 'node:assert';\nimport { half, twice } from '../src/half.js';\ntest('half of ten', () => assert.equal(half(10), 5));\ntest('twice three', () => assert.equal(twice(3), 6));\n",
};
type Path = keyof typeof files;

const ran = (passed: boolean, tests: Record<string, ReportedTest['result']>): CheckRun => ({
  passed,
  outputTail: '',
  report: {
    runner: 'node:test',
    source: 'report',
    tests: Object.entries(tests).map(([name, result]) => ({
      file: 'test/half.test.js',
      name,
      result,
      durationMs: 1,
      reason: null,
    })),
    counts: { ...noCounts, passed: Object.values(tests).filter((each) => each === 'passed').length },
    fromCache: 0,
    isComplete: true,
  },
});
const green = ran(true, { 'half of ten': 'passed', 'twice three': 'passed' });
const red = ran(false, { 'half of ten': 'failed', 'twice three': 'passed' });

const groundOf = (change: Record<string, string>, base: Record<string, string>): Judged['ground'] => ({
  files: Object.entries(change).map(([path, after]) => ({
    path,
    oldPath: null,
    status: base[path] === undefined ? 'added' : 'changed',
    before: base[path] ?? null,
    after,
  })),
  base: new Map(Object.entries(base)),
  basePaths: new Set(Object.keys(base)),
  commands: ['node --test'],
});

const noticed: CheckRun = {
  passed: false,
  outputTail: '',
  report: { ...(red.report as TestReport), counts: { ...noCounts, failed: 1 } },
};

/** Asks until nothing more is needed; `runs` has what each run gives, one after the other. */
async function judged(
  change: Partial<Record<Path | string, string>>,
  change_run: CheckRun,
  runs: Partial<Record<RunName, CheckRun | null>>,
  given: Partial<Judged> = {},
) {
  const changed = Object.entries(change).map(([path, after]): ChangedFile => {
    const before = files[path as Path] ?? null;
    return {
      path,
      oldPath: null,
      status: before === null ? 'added' : 'changed',
      before,
      after: after ?? null,
    };
  });
  const check: CheckRuns = { kind: 'test', command: 'node --test', change: change_run, more: {} };
  const ground = {
    files: changed,
    base: new Map(Object.entries(files)),
    basePaths: new Set(Object.keys(files)),
    commands: ['node --test'],
  };
  const names: RunName[] = [];
  for (;;) {
    const decision = await decide({
      ground,
      task: '',
      asked: nothingAsked,
      level: 'standard',
      unread: [],
      checks: [check],
      ...given,
    });
    if (!('run' in decision))
      return { names, found: decision.findings.map(({ weight, kind }) => `${weight} ${kind}`) };
    const { name } = decision.run;
    // Of most tests it is not the claim.
    if (name.startsWith('emptied-') && !(name in runs)) {
      check.more[name] = noticed;
      continue;
    }
    names.push(name);
    const run = runs[name];
    if (run === undefined) throw new Error(`It asked for ${name}`);
    check.more[name] = run;
  }
}

const fixed = { 'src/half.js': files['src/half.js'].replace('n - 2', 'n / 2') };
const withTest = (search: string, replace: string) => ({
  'test/half.test.js': files['test/half.test.js'].replace(search, () => replace),
});

test('R-GREEN-7: a change of the product alone needs no other run', async () => {
  expect(await judged(fixed, green, {})).toEqual({ names: [], found: [] });
});

test('R-GREEN-13: green with the evidence of the base is green, whatever else the change alters', async () => {
  const change = { ...fixed, ...withTest("test('twice", "// more\ntest('twice") };
  expect(await judged(change, green, { product: green })).toEqual({ names: ['product'], found: [] });
});

test('R-GREEN-13: a test that was red is not bent, and what is red is run twice before it refuses', async () => {
  const change = withTest('half(10), 5', 'half(10), 8');
  const all = await judged(change, green, { product: red, base: red, again: red, new: green });
  expect(all).toEqual({
    names: ['product', 'base', 'again', 'new'],
    found: ['refuses green_only_by_its_tests', 'tells never_red'],
  });
  const flaky = await judged(change, green, { product: red, base: red, again: green, new: green });
  expect(flaky.found).not.toContain('refuses green_only_by_its_tests');
});

test('R-GREEN-8, R-GREEN-13: a test that follows what the change does, and demands as much, is told', async () => {
  const change = {
    'src/half.js': files['src/half.js'].replace('n * 2', 'n * 20'),
    ...withTest('twice(3), 6', 'twice(3), 60'),
  };
  const redTwice = ran(false, { 'half of ten': 'passed', 'twice three': 'failed' });
  expect(await judged(change, green, { product: redTwice, base: green, new: redTwice })).toEqual({
    names: ['product', 'base', 'new'],
    found: ['tells test_changed'],
  });
  // The new form is green on the base too: it is no witness.
  expect((await judged(change, green, { product: redTwice, base: green, new: green })).found).toContain(
    'refuses green_only_by_its_tests',
  );
  const hollow = { ...change, ...withTest('assert.equal(twice(3), 6)', 'assert.ok(twice(3))') };
  expect(
    (await judged(hollow, green, { product: redTwice, base: green, again: redTwice, new: redTwice })).found,
  ).toContain('refuses green_only_by_its_tests');
});

test('R-GREEN-3, R-GREEN-17: a test that no longer runs refuses, unless its removal was asked for', async () => {
  const change = { ...fixed, ...withTest("test('twice three', () => assert.equal(twice(3), 6));\n", '') };
  const now = ran(true, { 'half of ten': 'passed' });
  expect((await judged(change, now, { product: green })).found).toEqual(['refuses test_lost']);
  const asked = { ...nothingAsked, removes: ['twice three'] };
  expect((await judged(change, now, { product: green }, { asked })).found).toEqual(['tells test_lost']);
});

test('R-GREEN-13, R-GREEN-17: configuration that the change needs to be green refuses, unless it was asked for', async () => {
  const change = { ...fixed, '.newtool.rc': 'skip: all\n' };
  const runs = { product: red, base: red, again: red };
  expect((await judged(change, green, runs)).found).toEqual(['refuses green_only_by_its_configuration']);
  const asked = { ...nothingAsked, configuration: ['.newtool.rc'] };
  const all = { ...runs, explained: green, broken: red };
  expect((await judged(change, green, all, { asked })).found).toEqual([
    'tells test_changed',
    'tells configuration_changed',
  ]);
});

test('R-GREEN-14: what was not examined is not verified', async () => {
  expect(
    (await judged(fixed, green, {}, { unread: ['the change has 30000 files, of which 20000 can be read'] }))
      .found,
  ).toEqual(['refuses not_examined']);
  const large = { 'src/half.js': `export const table = [${'1,'.repeat(800_000)}];\n` };
  expect((await judged(large, green, {})).found).toContain('refuses not_examined');
});

test('R-GREEN-4: a test that was asked for must fail without the change', async () => {
  const asked = { ...nothingAsked, needs_test: true };
  expect((await judged(fixed, green, {}, { asked })).found).toEqual(['refuses no_test_added']);
  const added = { ...fixed, ...withTest("test('twice", "test('one', () => assert.ok(true));\ntest('twice") };
  const three = ran(true, { 'half of ten': 'passed', 'twice three': 'passed', one: 'passed' });
  expect((await judged(added, three, { product: green, new: three }, { asked })).found).toEqual([
    'refuses never_red',
  ]);
});

test('R-GREEN-7: at checks-only nothing runs again, and nothing refuses', async () => {
  const change = withTest('half(10), 5', 'half(10), 8');
  expect(await judged(change, green, {}, { level: 'checks-only' })).toMatchObject({ names: [] });
});

const half = files['src/half.js'];
const unproved = async (
  change: Record<string, string>,
  runs: Partial<Record<RunName, CheckRun | null>>,
  given?: Partial<Judged>,
) => (await judged(change, green, runs, given)).found.filter((each) => each.endsWith('unproved'));

test('R-GREEN-16: a changed function that no test notices is told, and refuses where a test is asked for', async () => {
  const product = { 'src/half.js': half.replace('n - 2', 'n / 2').replace('n * 2', '2 * n') };
  const both = { ...product, ...withTest("test('twice", "// more\ntest('twice") };
  const runs = { product: green, 'emptied-1': noticed, 'emptied-2': green };
  expect(await unproved(both, runs)).toEqual(['tells unproved']);
  expect(await unproved(both, runs, { level: 'strict' })).toEqual(['refuses unproved']);
  expect(
    await unproved(both, { ...runs, new: red }, { asked: { ...nothingAsked, needs_test: true } }),
  ).toEqual(['refuses unproved']);
  expect(await unproved(both, { ...runs, 'emptied-2': noticed })).toEqual([]);
  // A change of the product alone pays for runs at `strict` only.
  expect(await unproved(product, {})).toEqual([]);
  expect(await unproved(product, { 'emptied-1': green, 'emptied-2': green }, { level: 'strict' })).toEqual([
    'refuses unproved',
  ]);
});

test('R-GREEN-16: tests that the change alters and that notice nothing of it refuse', async () => {
  const change = { ...fixed, ...withTest("test('twice", "// more\ntest('twice") };
  expect(await unproved(change, { product: green, 'emptied-1': green })).toEqual(['refuses unproved']);
  // What does not compile, or cannot be prepared, shows nothing.
  const broken = { ...red, report: null };
  expect(await unproved(change, { product: green, 'emptied-1': broken })).toEqual([]);
  expect(await unproved(change, { product: green, 'emptied-1': null })).toEqual([]);
});

test('R-GREEN-16: at most five functions are emptied, one at a time', async () => {
  const many = Array.from({ length: 8 }, (_, at) => `export const f${at} = (n) => twice(n) + ${at};\n`).join(
    '',
  );
  const change = { 'src/half.js': `${half}${many}`, ...withTest("test('twice", "// more\ntest('twice") };
  const runs = Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`emptied-${at + 1}`, noticed]));
  expect((await judged(change, green, { product: green, ...runs })).names).toEqual([
    'product',
    ...Object.keys(runs),
  ]);
  expect((await judged(change, green, {}, { level: 'checks-only' })).names).toEqual([]);
});

const testFile = files['test/half.test.js'];
const alteredBeside = {
  base: {
    ...files,
    'test/support.js': 'export const check = (a, b) => { if (a !== b) throw new Error(); };\n',
  },
  change: {
    ...fixed,
    'test/support.js': 'export const check = (a, b) => { if (a == null) throw new Error(); };\n',
    'test/half.test.js': `${testFile}test('half of one', () => check(half(1), 0.5));\n`,
  },
};

test('R-GREEN-13: the tests of a change pass without what it altered beside them', async () => {
  const { change, base } = alteredBeside;
  const given = { ground: groundOf(change, base) };
  const whole = ran(true, { 'half of ten': 'passed', 'twice three': 'passed', 'half of one': 'passed' });
  const redOne = ran(false, { 'half of ten': 'passed', 'half of one': 'failed' });
  // The new helper alone makes the new test green on the base.
  const runs = { product: green, new: ran(false, { 'half of ten': 'failed', 'half of one': 'passed' }) };
  const caught = await judged(change, whole, { ...runs, own: redOne, again: redOne }, given);
  expect(caught.names).toEqual(['product', 'own', 'again', 'new']);
  expect(caught.found).toContain('refuses green_only_by_its_tests');
  expect((await judged(change, whole, { ...runs, own: whole }, given)).found).toEqual(['tells never_red']);
  // What is red by chance accuses nobody.
  expect((await judged(change, whole, { ...runs, own: redOne, again: whole }, given)).found).toEqual([
    'tells never_red',
  ]);
  // A double that is extended for tests which need the change is none of that.
  const needed = { product: green, new: redOne, own: redOne, again: redOne };
  expect((await judged(change, whole, needed, given)).found).toEqual([]);
});

const money = {
  'src/half.js':
    'export class Sum {\n  constructor(n) { this.n = n; }\n  equals(other) { return this.n === other.n; }\n  half() { return new Sum(this.n - 2); }\n}\n',
  'test/half.test.js':
    "import { test } from 'node:test';\nimport assert from 'node:assert';\nimport { Sum } from '../src/half.js';\ntest('half of ten', () => assert.ok(new Sum(10).half().equals(new Sum(5))));\n",
};

test('R-GREEN-15: a result is right by the comparison of the base, unless the comparison is what changes', async () => {
  const change = {
    'src/half.js': money['src/half.js']
      .replace('this.n === other.n', 'Math.abs(this.n - other.n) < 5')
      .replace('this.n - 2', 'this.n - 3'),
  };
  const given = { ground: groundOf(change, money) };
  const caught = await judged(change, green, { own: red, again: red }, given);
  expect(caught.found).toEqual(['refuses acts_otherwise_under_test']);
  expect((await judged(change, green, { own: green }, given)).found).toEqual([]);
  const only = { 'src/half.js': money['src/half.js'].replace('this.n === other.n', 'this.n == other.n') };
  expect(await judged(only, green, {}, { ground: groundOf(only, money) })).toEqual({ names: [], found: [] });
});

test('R-GREEN-5: what tells a checker to look away is told where every check is green without it', async () => {
  const change = { 'src/half.js': `// eslint-disable-next-line no-magic-numbers\n${fixed['src/half.js']}` };
  expect((await judged(change, green, { bare: green })).found).toEqual(['tells suppression']);
  expect((await judged(change, green, { bare: red })).found).toEqual(['refuses suppression']);
});

test('R-GREEN-3: tests that the change adds, and of which none runs, prove nothing', async () => {
  const added = "import test from 'node:test';\ntest('half of one', () => assert.equal(half(1), 0.5));\n";
  const change = { ...fixed, 'test/half-more.js': added };
  const green = ran(true, { 'half of ten': 'passed', 'twice three': 'passed' });
  const runs = { product: green, new: red, own: green };
  expect((await judged(change, green, runs)).found).toContain('refuses test_not_run');
  const more = ran(true, { 'half of ten': 'passed', 'twice three': 'passed', 'half of one': 'passed' });
  expect((await judged(change, more, runs)).found).not.toContain('refuses test_not_run');
  // A folder of another runner, a benchmark, a title that is made at run time.
  for (const [path, text] of [
    ['browser/half-more.js', added],
    ['test/half-more.js', added.replace("test('half of one'", "bench('half of one'")],
    ['test/half-more.js', added.replace("'half of one'", 'names[0]')],
  ] as const)
    expect((await judged({ ...fixed, [path]: text }, green, runs)).found, text).not.toContain(
      'refuses test_not_run',
    );
});

test('R-GREEN-4: a helper that drops what fails in it makes a test that no change can make red', async () => {
  const written = (caught: string) =>
    `function safely(check) {\n  try { check(); } catch (error) { ${caught} }\n}\ntest('half of one', () => safely(() => assert.equal(half(1), 0.5)));\n`;
  const whole = ran(true, { 'half of ten': 'passed', 'twice three': 'passed', 'half of one': 'passed' });
  const found = async (caught: string) =>
    (
      await judged({ ...fixed, 'test/half.test.js': `${testFile}${written(caught)}` }, whole, {
        product: green,
        own: whole,
        new: ran(true, { 'half of one': 'passed' }),
      })
    ).found;
  expect(await found('console.log(error);')).toContain('refuses never_red');
  expect(await found('problems.push(error);')).not.toContain('refuses never_red');
  expect(await found('throw new Error(String(error));')).not.toContain('refuses never_red');
});

test('R-GREEN-3: a test that another one of its name hides is found', async () => {
  const twice = "test('half of one', () => assert.equal(half(1), 0.5));\n";
  const change = { ...fixed, 'test/half.test.js': `${testFile}${twice}${twice}` };
  const once = ran(true, { 'half of ten': 'passed', 'twice three': 'passed', 'half of one': 'passed' });
  const found = await judged(change, once, { product: green, new: red });
  expect(found.found).toContain('refuses test_not_run');
});

test('R-GREEN-4: a test that drops its own failure, and one that is skipped, prove nothing', async () => {
  const one = (body: string) => ({
    ...fixed,
    'test/half.test.js': `${testFile}test('half of one', ${body});\n`,
  });
  const withOne = (result: ReportedTest['result']) =>
    ran(true, { 'half of ten': 'passed', 'twice three': 'passed', 'half of one': result });
  const found = async (change: Record<string, string>, result: ReportedTest['result']) =>
    (await judged(change, withOne(result), { product: green, new: withOne(result) })).found;
  const dropped = one('() => { try { half(1, 2); assert.fail(); } catch {} }');
  expect(await found(dropped, 'passed')).toEqual(['refuses never_red']);
  const looked = one('() => { try { half(1, 2); } catch (error) { assert.match(error.message, /two/); } }');
  expect(await found(looked, 'passed')).toEqual(['refuses never_red']);
  expect(await found(one('() => assert.equal(half(0), 0)'), 'passed')).toEqual(['tells never_red']);
  for (const result of ['skipped', 'expected_failure'] as const)
    expect(await found(one('() => assert.equal(half(1), 3)'), result)).toContain('refuses test_skipped');
});

test('R-GREEN-4, R-GREEN-8: a test that was red before proves the change, whatever is written beside it', async () => {
  const asked = { ...nothingAsked, needs_test: true };
  const moved = { ...fixed, 'test/twice.test.js': testFile.replace(/test\('half.*\n/, '') };
  const runs = { product: green, new: ran(false, { 'half of ten': 'failed', 'twice three': 'passed' }) };
  expect((await judged(moved, green, runs, { asked })).found).toEqual([]);
});

test('R-GREEN-13: in a language that is read by runs alone, tests pass with the settings of the base', async () => {
  const base = {
    Makefile: 'check:\n\tcc -g t/a.c && ./a.out\n',
    'src/a.c': 'int a;\n',
    't/a.c': 'int main;\n',
  };
  const change = { ...base, Makefile: base.Makefile.replace('-g', '-DNDEBUG'), 't/a.c': 'int more;\n' };
  const given = { ground: groundOf({ ...change, 'src/a.c': 'int b;\n' }, base) };
  const silent = (passed: boolean): CheckRun => ({ passed, outputTail: '', report: null });
  const runs = { product: silent(true), own: silent(false), again: silent(false), new: silent(false) };
  expect((await judged(change, silent(true), runs, given)).found).toContain(
    'refuses green_only_by_its_tests',
  );
  const harmless = { ...runs, own: silent(true) };
  expect((await judged(change, silent(true), harmless, given)).found).not.toContain(
    'refuses green_only_by_its_tests',
  );
});

test('R-GREEN-8: a list of exceptions that shrinks with what it excepted is no loosening', async () => {
  const lint = "import { readFileSync } from 'node:fs';\nreadFileSync('tools/exceptions.txt');\n";
  const base = {
    ...files,
    'tools/lint.js': lint,
    'tools/exceptions.txt': 'src/half.js\nsrc/other.js\n',
  };
  const change = { ...fixed, 'tools/exceptions.txt': 'src/other.js\n' };
  const ground = { ...groundOf(change, base), commands: ['node tools/lint.js'] };
  const silent = (passed: boolean): CheckRun => ({ passed, outputTail: '', report: null });
  const found = async (onBase: CheckRun) => {
    const more: Partial<Record<RunName, CheckRun>> = {
      product: silent(false),
      again: silent(false),
      new: onBase,
    };
    const check = { kind: 'lint', command: ground.commands[0] ?? '', change: silent(true), more } as const;
    const given = { ground, task: '', asked: nothingAsked, level: 'standard', unread: [] } as const;
    const decision = await decide({ ...given, checks: [check] });
    return 'run' in decision ? [decision.run.name] : decision.findings.map(({ kind }) => kind);
  };
  expect(await found(silent(false))).not.toContain('green_only_by_its_configuration');
  expect(await found(silent(true))).toContain('green_only_by_its_configuration');
});

test('R-GREEN-5: a comment that only some tool would read refuses where a checker is red without it', async () => {
  const change = { 'src/half.js': fixed['src/half.js'].replace('\n', ' // style: ignore\n') };
  const check: CheckRuns = { kind: 'lint', command: 'node lint.js', change: green, more: {} };
  const given = { checks: [check], ground: groundOf(change, files) };
  const asks = await decide({ task: '', asked: nothingAsked, level: 'standard', unread: [], ...given });
  expect(asks).toMatchObject({ run: { name: 'bare' } });
  for (const [bare, kinds] of [
    [red, ['suppression']],
    [green, []],
  ] as const) {
    const told = { ...given, checks: [{ ...check, more: { bare } }] };
    const decision = await decide({ task: '', asked: nothingAsked, level: 'standard', unread: [], ...told });
    expect('findings' in decision && decision.findings.map(({ kind }) => kind)).toEqual(kinds);
  }
});
