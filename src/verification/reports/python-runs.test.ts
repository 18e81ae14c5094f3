import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { linesOf, runTwice, steady } from './checked-run.fixture.ts';

const answers = (...args: string[]) => spawnSync('python3', args).status === 0;
const hasPython = answers('-c', 'import unittest');
const hasPytest = answers('-c', 'import pytest');
const hasCoverage = hasPytest && answers('-c', 'import coverage');

const pytest = ['python3', '-m', 'pytest', '-p', 'no:cacheprovider', '-p', 'no:randomly'] as const;
/** Nothing that the first run leaves changes what the second one prints. */
const variables = { PYTHONDONTWRITEBYTECODE: '1' };

const pytestFile = `
import pytest
def test_passes(): pass
def test_fails(): assert 1 == 2
@pytest.mark.skip(reason='not here')
def test_skipped(): pass
@pytest.mark.xfail(reason='known')
def test_xfail(): assert False
@pytest.mark.xfail
def test_xpass(): pass
@pytest.mark.parametrize('a', ['x::y', 'b[1]'])
def test_case(a): pass
class TestOuter:
    class TestInner:
        def test_deep(self): pytest.skip('inside')
@pytest.fixture
def broken(): raise RuntimeError('set-up')
def test_error(broken): pass
@pytest.fixture
def untidy():
    yield
    raise RuntimeError('clean-up')
def test_untidy(untidy): pass
`;
const pytestLines = [
  'passed tests/test_a.py: test_passes',
  'failed tests/test_a.py: test_fails',
  'skipped tests/test_a.py: test_skipped',
  'expected_failure tests/test_a.py: test_xfail',
  'passed tests/test_a.py: test_xpass',
  'passed tests/test_a.py: test_case[x::y]',
  'passed tests/test_a.py: test_case[b[1]]',
  'skipped tests/test_a.py: TestOuter > TestInner > test_deep',
  'failed tests/test_a.py: test_error',
  'failed tests/test_a.py: test_untidy',
];

test.runIf(hasPytest)('R-GREEN-3: pytest reports each test, and prints and ends as without', async () => {
  const { report, plain, reported } = await runTwice({ 'tests/test_a.py': pytestFile }, pytest, variables);
  expect(linesOf(report)).toEqual(pytestLines);
  expect(report).toMatchObject({ runner: 'pytest', source: 'report', isComplete: true });
  expect(reported.status).toBe(plain.status);
  expect(steady(reported.output)).toBe(steady(plain.output));
});

test.runIf(hasPytest)('R-GREEN-3: pytest reports by itself where the project sets PYTHONPATH', async () => {
  const command = ['env', 'PYTHONPATH=src', ...pytest] as const;
  const { report, plain, reported } = await runTwice({ 'tests/test_a.py': pytestFile }, command, variables);
  expect(linesOf(report)).toEqual(expect.arrayContaining(pytestLines.slice(0, -1)));
  expect(report?.source).toBe('report');
  expect(reported.status).toBe(plain.status);
});

test.runIf(hasPytest).each([
  ['a test', { 'test_a.py': 'import os\ndef test_a(): os._exit(0)\n' }],
  ['the set-up', { 'conftest.py': 'import os\nos._exit(0)\n', 'test_a.py': 'def test_a(): pass\n' }],
  ['a polite test', { 'test_a.py': "import pytest\ndef test_a(): pytest.exit('x', returncode=0)\n" }],
])('R-GREEN-3: pytest that %s ends with 0 is not complete', async (_, files) => {
  const { report, plain, reported } = await runTwice(files, pytest, variables);
  expect([plain.status, reported.status]).toEqual([0, 0]);
  expect(report).toMatchObject({ runner: 'pytest', isComplete: false });
});

test.runIf(hasPytest)('pytest that only collects reports that nothing ran', async () => {
  const { report } = await runTwice({ 'test_a.py': pytestFile }, [...pytest, '--collect-only'], variables);
  expect(report).toMatchObject({ tests: [], counts: { passed: 0 }, isComplete: true });
});

test.runIf(hasPytest)('a run of pytest inside a test belongs to that test', async () => {
  const inner =
    "import subprocess, sys\ndef test_outer(): subprocess.run([sys.executable, '-m', 'pytest', 'inner.py'])\n";
  const files = { 'test_a.py': inner, 'inner.py': 'def test_inner(): assert 0\n' };
  const { report } = await runTwice(files, pytest, variables);
  expect(linesOf(report)).toEqual(['passed test_a.py: test_outer']);
});

const unittestFile = `
import unittest
class A(unittest.TestCase):
    def test_passes(self): pass
    def test_fails(self): self.assertEqual(1, 2)
    @unittest.skip('not here')
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_known(self): self.fail()
    def test_cases(self):
        for i in range(3):
            with self.subTest(i=i): self.assertNotEqual(i, 1)
`;

test.runIf(hasPython)('R-GREEN-3: unittest reports each test, and prints and ends as without', async () => {
  const command = ['python3', '-m', 'unittest', '-v', 'test_a'] as const;
  const { report, plain, reported } = await runTwice({ 'test_a.py': unittestFile }, command, variables);
  expect(linesOf(report)).toEqual(
    expect.arrayContaining([
      'failed test_a.py: A > test_cases > (i=1)',
      'failed test_a.py: A > test_fails',
      'expected_failure test_a.py: A > test_known',
      'passed test_a.py: A > test_passes',
      'skipped test_a.py: A > test_skipped',
    ]),
  );
  expect(report).toMatchObject({ runner: 'unittest', source: 'report', isComplete: true });
  expect(reported.status).toBe(plain.status);
  expect(steady(reported.output)).toBe(steady(plain.output));
});

test.runIf(hasPython)('R-GREEN-3: unittest that a test ends with 0 is not complete', async () => {
  const early =
    'import os, unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n    def test_b(self): os._exit(0)\n';
  const command = ['python3', '-m', 'unittest', 'test_a'] as const;
  const { report, reported } = await runTwice({ 'test_a.py': early }, command, variables);
  expect(reported.status).toBe(0);
  expect(report).toMatchObject({ runner: 'unittest', isComplete: false, counts: { passed: 1 } });
});

test.runIf(hasPython)('the sitecustomize of the project is loaded too', async () => {
  const files = {
    'lib/sitecustomize.py': "import builtins\nbuiltins.own = 'own'\n",
    'a.py': "import sitecustomize, sys\nprint(own, sitecustomize.__file__, 'unittest' in sys.modules)\n",
  };
  const { report, plain, reported } = await runTwice(files, ['python3', 'a.py'], {
    ...variables,
    PYTHONPATH: 'lib',
  });
  expect(plain.output).toMatch(/^own .*lib\/sitecustomize\.py False$/m);
  expect(reported).toEqual(plain);
  expect(report).toBeNull();
});

test.runIf(hasCoverage).each([
  ['unittest', ['-m', 'unittest', '-q', 'test_a']],
  ['pytest', ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'test_a.py']],
])('R-GREEN-3: a limit of coverage counts only the project: %s', async (runner, command) => {
  const files = {
    'a.py': 'def one():\n    return 1\n',
    'test_a.py':
      'import a\nimport unittest\n\n\nclass A(unittest.TestCase):\n    def test_one(self):\n        self.assertEqual(a.one(), 1)\n',
    'check.sh': `python3 -m coverage run ${command.join(' ')} && python3 -m coverage report --fail-under=100\n`,
  };
  const { report, plain, reported } = await runTwice(files, ['sh', 'check.sh'], variables);
  expect(plain.status).toBe(0);
  expect(steady(reported.output)).toBe(steady(plain.output));
  expect(report).toMatchObject({ runner, counts: { passed: 1 } });
});
