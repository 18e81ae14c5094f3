import { expect, test } from 'vitest';
import { readJunit, withoutRepeats } from './read-junit.ts';
import { readTrx } from './read-trx.ts';
import { pytestReport, surefireReport, surefireRerun } from './reports.fixture.ts';

const roots = ['/work'];

test('R-GREEN-3: a report of surefire gives each case, its reason, and what ran again', () => {
  const first = readJunit(surefireReport, 'surefire', roots)?.tests ?? [];
  const second = readJunit(surefireRerun, 'surefire', roots)?.tests ?? [];
  const tests = withoutRepeats([...first, ...second]);
  expect(tests.map(({ name, result, reason, retries }) => ({ name, result, reason, retries }))).toEqual([
    { name: 'a.ATest > passes', result: 'passed', reason: null },
    { name: 'a.ATest > cases(String)[1]', result: 'passed', reason: null },
    { name: 'a.ATest > cases(String)[2]', result: 'passed', reason: null },
    { name: 'a.ATest > skipped', result: 'skipped', reason: 'not here' },
    { name: 'a.ATest$Inner > deep', result: 'failed', reason: 'boom', retries: 1 },
    {
      name: 'a.ATest > fails',
      result: 'failed',
      reason: 'a < b & "c" ==> expected: <1> but was: <2>',
      retries: 1,
    },
    { name: 'a.ATest > flaky', result: 'passed', reason: null, retries: 1 },
  ]);
});

test('R-GREEN-3: a report of pytest gives files and expected failures', () => {
  const report = readJunit(pytestReport, 'pytest', roots);
  expect(report?.isComplete).toBe(true);
  expect(report?.tests.map(({ file, name, result }) => `${result} ${file}: ${name}`)).toEqual([
    'failed null: tests.test_broken',
    'skipped null: tests.test_whole',
    'passed tests/test_a.py: test_passes',
    'failed tests/test_a.py: test_fails',
    'skipped tests/test_a.py: test_skipped',
    'expected_failure tests/test_a.py: test_xfail',
    'passed tests/test_a.py: test_xpass',
    'passed tests/test_a.py: test_case[x::y]',
    'passed tests/test_a.py: test_case[b[1]]',
    'passed tests/test_a.py: TestX > test_in',
    'skipped tests/test_a.py: TestX > TestY > test_deep',
    'failed tests/test_a.py: TestU > test_u',
    'failed tests/test_a.py: test_error',
  ]);
});

test('a report that is cut off is not complete', () => {
  const cut = readJunit(surefireReport.slice(0, -200), 'surefire', roots);
  expect(cut?.tests.length).toBeGreaterThan(3);
  expect(cut?.isComplete).toBe(false);
});

test.each([
  ['<!DOCTYPE a [<!ENTITY b "c">]><testsuite><testcase name="&b;"/></testsuite>'],
  ['<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><testsuite/>'],
])('a document type is refused, and with it all entities: %s', (document) => {
  expect(readJunit(document, 'x', roots)?.tests ?? []).toEqual([]);
});

test('what is no report is null, and unknown entities stay text', () => {
  expect(readJunit('{"a": 1}', 'x', roots)).toBeNull();
  expect(readJunit('<html><body/></html>', 'x', roots)).toBeNull();
  const told = '<testsuite><testcase name="&b;&#x41;&#0;&#99999999;"/></testsuite>';
  expect(readJunit(told, 'x', roots)?.tests[0]?.name).toBe('&b;A &#99999999;');
});

test.each([
  ['an open tag', `<testsuite ${'a'.repeat(1_000_000)}`],
  ['a tag without values', `<testsuite ${'a'.repeat(1_000_000)}>`],
  ['many attributes', `<testsuite ${'a="b" '.repeat(200_000)}>`],
  ['many spaces', `<testsuite a${' '.repeat(1_000_000)}>`],
  ['deep suites', '<testsuite>'.repeat(100_000)],
  ['many entities', `<testsuite><testcase name="${'&amp;'.repeat(200_000)}"/></testsuite>`],
  ['closing tags alone', '</testsuite>'.repeat(100_000)],
])('hostile XML is read in linear time: %s', (_, document) => {
  expect(() => readJunit(document, 'x', roots)).not.toThrow();
});

test('R-GREEN-3: results of dotnet test are read with the class of each test', () => {
  const trx = `<?xml version="1.0" encoding="utf-8"?>
<TestRun id="1" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
  <Results>
    <UnitTestResult testId="t1" testName="A.B.Adds(x: 1)" duration="00:00:00.0120000" outcome="Passed" />
    <UnitTestResult testId="t2" testName="Fails" duration="00:00:01.5000000" outcome="Failed">
      <Output><ErrorInfo><Message>Assert.Equal() Failure</Message><StackTrace>at A.B</StackTrace></ErrorInfo></Output>
    </UnitTestResult>
    <UnitTestResult testId="t3" testName="Skipped" outcome="NotExecuted" />
  </Results>
  <TestDefinitions>
    <UnitTest name="Adds" id="t1"><TestMethod className="A.B" name="Adds" /></UnitTest>
    <UnitTest name="Fails" id="t2"><TestMethod className="A.B" name="Fails" /></UnitTest>
  </TestDefinitions>
</TestRun>`;
  const report = readTrx(trx);
  expect(report?.isComplete).toBe(true);
  expect(report?.tests).toEqual([
    { file: null, name: 'A.B.Adds(x: 1)', result: 'passed', durationMs: 12, reason: null },
    { file: null, name: 'A.B > Fails', result: 'failed', durationMs: 1500, reason: 'Assert.Equal() Failure' },
    { file: null, name: 'Skipped', result: 'skipped', durationMs: null, reason: null },
  ]);
});
