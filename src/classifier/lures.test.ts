import { expect, test } from 'vitest';
import { classifyFailure } from './classify-failure.ts';

const classOf = (failure: Parameters<typeof classifyFailure>[0]) => classifyFailure(failure).failureClass;

test('the fear: what a test printed about a compiler is taken for the cause (R-FAIL-3)', () => {
  const stdout =
    'main.go:3:2: undefined: x\n--- FAIL: TestParse (0.00s)\n    a_test.go:3: boom\nFAIL\nFAIL\ta\t0.003s\n';
  const ran = { command: 'go test ./...', exitCode: 1, component: 'verifier' };
  expect(classOf({ ...ran, stdout })).toBe('test_fail');
  expect(classOf({ ...ran, stdout: `${stdout}FAIL\ta/y [build failed]\n` })).toBe('compile_error');
});

test('the fear: a line of source that Python shows is taken for what Python says (R-FAIL-3)', () => {
  const stdout = [
    '=================================== FAILURES ===================================',
    '___________________________________ test_cli ___________________________________',
    '    def test_cli():',
    '      sys.stderr.write("Error: Cannot find module \'left-pad\'")',
    '>     assert text == ""',
    "E     AssertionError: assert 'x' == ''",
    'test_a.py:4: AssertionError',
    '=========================== short test summary info ============================',
    "FAILED test_a.py::test_cli - AssertionError: assert 'x' == ''",
  ].join('\n');
  const answer = classifyFailure({ command: 'pytest -q', exitCode: 1, component: 'verifier', stdout });
  expect(answer).toMatchObject({ failureClass: 'test_fail', context: { testNames: ['test_cli'] } });
});

test('a part before `|| true` is not the cause of a failure (R-FAIL-3)', () => {
  const stdout =
    '\n> test\n> node --test\n\n✖ adds (1.2ms)\n\n> lint\n> eslint src\n\n/app/a.js\n  1:5  error  unused  no-unused-vars\n\n✖ 1 problem (1 error, 0 warnings)\n';
  expect(classOf({ command: 'npm test || true; npm run lint', exitCode: 1, stdout })).toBe('lint_error');
});

test('the fear: the output of a program that an agent tries out mentions budgets, and the agent is stopped (R-FAIL-4)', () => {
  const stderr = '[eval]:1\n\nError: budget exceeded for cart\n    at [eval]:1:7\n';
  const tried = { exitCode: 1, component: 'agent', stderr };
  expect(classOf({ ...tried, command: 'node -e "checkout()"' })).toBe('unknown');
  expect(classOf({ ...tried, command: 'claude -p "x"' })).toBe('budget_exceeded');
});

test('the fear: the compared values of an assertion are taken for the message of a tool (R-FAIL-3)', () => {
  const go =
    '--- FAIL: TestPull (0.00s)\n    a_test.go:9: got "no matching manifest for linux/arm64", want "x"\nFAIL\nFAIL\ta\t0.1s\n';
  expect(classOf({ command: 'go test ./...', exitCode: 1, component: 'verifier', stdout: go })).toBe(
    'test_fail',
  );
  const vitest =
    " FAIL  a.test.ts > names it\nAssertionError: expected 'Failed binary compatibility check against x' to be 'y'\n\n      Tests  1 failed (1)\n";
  expect(classOf({ command: 'npx vitest run', exitCode: 1, component: 'verifier', stdout: vitest })).toBe(
    'test_fail',
  );
});

test('the fear: a missing file is taken for a command that is not installed (R-FAIL-4)', () => {
  const ran = { exitCode: 9, component: 'session' };
  const file = { ...ran, command: 'node --env-file=.env a.mjs', stderr: 'node: .env: not found\n' };
  expect(classOf(file)).toBe('orchestration_error');
  expect(classOf({ ...ran, command: 'sh a.sh', stderr: 'a.sh: 3: frob: not found\n' })).toBe(
    'dependency_missing',
  );
});

test.each([
  ['a measured time', 'total wall clock time 12s\nError: x', 'timeout'],
  ['a program that prints nothing', 'no output in stdout', 'timeout'],
  ['an option that is missing', 'error: at least one binary must be given', 'contract_violation'],
  ['a comment in SQL', '-- CREATE TABLES -----\nERROR: x', 'compile_error'],
  ['a list of changes', '- left-pad: removed\nsomething else failed', 'contract_violation'],
  ['another parser', 'Parse error: line 3', 'orchestration_error'],
  ['the name of a test', '✖ sum(two): rounds up', 'lint_error'],
])('the fear: ordinary words are taken for the message of a tool: %s (R-FAIL-4)', (_, stderr, lure) => {
  expect(classOf({ command: './run.sh', exitCode: 1, stderr })).not.toBe(lure);
});
