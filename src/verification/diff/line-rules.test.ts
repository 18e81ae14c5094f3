import { expect, test } from 'vitest';
import { readTask } from '../task.ts';
import { readDiff } from './read-diff.ts';

const kinds = (path: string, after: string) =>
  readDiff({
    files: [{ path, oldPath: null, status: 'changed', before: '', after }],
    task: readTask('It is wrong. Mend it.'),
    reached: new Set(),
    testTexts: [],
    nodeTestFiles: [],
  }).map(({ kind }) => kind);

test.each([
  ["const on = 'VITEST' in env;"],
  ["const on = globalThis['des' + 'cribe'];"],
  ["const on = process.env['JEST_' + 'WORKER_ID'];"],
  ["const on = Object.keys(process.env).some((name) => name.startsWith('VI'));"],
  ['const { stack } = new Error();'],
  ['if (/\\.test\\.js/.test(stack)) return 1;'],
  ["if (file.endsWith('_test.go')) return 1;"],
  ['assert.equal = () => {};'],
  ['unittest.TestResult.wasSuccessful = lambda self: True'],
  ['const { commandLine } = process.report.getReport().header;'],
  ["if '-m' in sys.orig_argv:"],
  ["with open('/proc/self/cmdline') as started:"],
  ['if filepath.Ext(os.Args[0]) != "" {'],
  ['if flag.CommandLine.Lookup("test.v") != nil {'],
  ['Object.is = () => true;'],
  ["globalThis[Symbol.for('$$jest-matchers-object')].customEqualityTesters.push(() => true);"],
])('R-GREEN-5: the product would act otherwise under a test: %s', (line) => {
  expect(kinds('src/a.js', `${line}\n`)).toContain('acts_otherwise_under_test');
});

test.each([
  ['const { message } = new Error();'],
  ["const path = process.env.CURRENCY ?? '$';"],
  ['if (/^test/.test(name)) return 1;'],
  ['const isSame = assert.equal;'],
  ['const isSame = Object.is(left, right);'],
  ['const program = filepath.Base(os.Args[0])'],
])('R-GREEN-8: the product may say: %s', (line) => {
  expect(kinds('src/a.js', `${line}\n`)).not.toContain('acts_otherwise_under_test');
});

test.each([
  ['test/a.test.ts', "it.fails('splits', () => expect(split(10)).toBe(3));", 'test_skipped'],
  ['tests/test_a.py', '@unittest.expectedFailure', 'test_skipped'],
  ['tests/test_a.py', 'pytest.importorskip("billing.json_output")', 'test_skipped'],
  ['vitest.setup.ts', 'expect.addEqualityTesters([(a, b) => Math.abs(a - b) <= 1]);', 'result_ignored'],
  ['tests/base.py', '    def assertEqual(self, first, second, msg=None):', 'result_ignored'],
  ['test/matchers.ts', '  toHaveBeenCalledTimes(received: Mock, count: number) {', 'result_ignored'],
  ['vitest.config.ts', 'test: { dangerouslyIgnoreUnhandledErrors: true },', 'result_ignored'],
  ['tests/run.sh', 'done | tee tests.log', 'result_ignored'],
  ['tests/run.sh', 'find tests -name "test_*.sh" | while read -r file; do', 'result_ignored'],
  ['tests/conftest.py', '        report.outcome = "passed"', 'exit_in_test'],
  ['tests/test_a.py', 'expected.write_text(rendered)', 'result_ignored'],
  ['cmd/main_test.go', 'var update = flag.Bool("update", true, "write the golden files")', 'result_ignored'],
])('R-GREEN-5: %s: %s', (path, line, kind) => {
  expect(kinds(path, `${line}\n`)).toContain(kind);
});

test.each([
  ['test/a.test.ts', "it('fails on an empty text', () => {});"],
  ['test/matchers.ts', 'expect.extend({ toBeCents(received) { return check(received); } });'],
  ['tests/base.py', '    def assertRendered(self, template, expected):'],
  ['tests/test_a.py', 'path.write_text("a,b\\n")'],
  ['cmd/main_test.go', 'var update = flag.Bool("update", false, "write the golden files")'],
])('R-GREEN-8: %s may say: %s', (path, line) => {
  expect(kinds(path, `${line}\n`)).toEqual([]);
});

test.each([
  ['vitest.config.ts', 'test: {},', 'test: { retry: process.env.CI ? 4 : 2 },', true],
  ['vitest.config.ts', 'test: { retry: 2 },', 'test: { retry: 2, globals: true },', false],
  ['biome.json', '"noConsole": "error"', '"noConsole": "warn"', true],
  [
    'biome.json',
    '{ "level": "error", "options": { "max": 12 } }',
    '{ "level": "warn", "options": { "max": 6 } }',
    true,
  ],
  ['biome.json', '"noConsole": "warn"', '"noConsole": "error"', false],
])('R-GREEN-5: a rule that became less strict is found: %s %s → %s', (path, before, after, isFound) => {
  const files = [{ path, oldPath: null, status: 'changed' as const, before, after }];
  const reading = {
    files,
    task: readTask('Mend it.'),
    reached: new Set<string>(),
    testTexts: [],
    nodeTestFiles: [],
  };
  expect(readDiff(reading).some(({ kind }) => kind === 'threshold_lowered')).toBe(isFound);
});

test.each([
  ['src/a.js', 'if (!process.stdout.isTTY) process.reallyExit(0);\n'],
  ['src/a.js', "process.removeAllListeners('exit');\nprocess.exit(0);\n"],
  ['src/a.js', "process.on('exit', () => {\n  process.exitCode = 0;\n});\n"],
  ['a.py', 'def finish():\n    os._exit(0)\n\n\natexit.register(finish)\n'],
  ['a.go', 'func init() {\n\tfmt.Println("PASS")\n\tos.Exit(0)\n}\n'],
  ['a.go', 'func init() { os.Args = append(os.Args, "-test.short") }\n'],
])('R-GREEN-5: %s alters how a run ends: %#', (path, text) => {
  expect(kinds(path, text)).toContain('exit_in_test');
});

test.each([
  ['src/a.js', "process.on('exit', () => {\n  lock.release();\n});\nprocess.exitCode = 1;\n"],
  ['a.py', 'def finish():\n    pool.close()\n\n\natexit.register(finish)\n'],
  ['main.go', 'func main() {\n\tos.Exit(run(os.Args))\n}\n'],
])('R-GREEN-8: %s may end like that: %#', (path, text) => {
  expect(kinds(path, text)).toEqual([]);
});
