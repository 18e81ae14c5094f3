// Loops of failed changes, judged by hand: what the check said after each change, in the words of the real tools, and
// whether the next change could still succeed (`ends well`: each message contains something that the previous one did
// not).

export interface JudgedLoop {
  name: string;
  isCircle: boolean;
  outputs: readonly string[];
}

const loop = (name: string, isCircle: boolean, ...outputs: string[]): JudgedLoop => ({
  name,
  isCircle,
  outputs,
});
const circle = (name: string, ...outputs: string[]) => loop(name, true, ...outputs);
const endsWell = (name: string, ...outputs: string[]) => loop(name, false, ...outputs);

const nodeTest = (
  ms: number,
  line: number,
  said: string,
) => `\u001b[31m✖ adds two numbers \u001b[90m(${ms}ms)\u001b[39m
ℹ tests 4
ℹ pass 3
ℹ fail 1
ℹ duration_ms ${ms + 41.2}
✖ failing tests:
test at test/add.test.js:5:1
✖ adds two numbers (${ms}ms)
  AssertionError [ERR_ASSERTION]: ${said}
      at TestContext.<anonymous> (/srv/worktrees/w1/test/add.test.js:${line}:10)
      at Test.run (node:internal/test_runner/test:1113:25)`;

const tsc = (...found: [file: string, at: string, code: string, said: string][]) =>
  `${found.map(([file, at, code, said]) => `${file}(${at}): error ${code}: ${said}`).join('\r\n')}\n`;

const pytest = (
  seconds: string,
  said: string,
  failed = 1,
  passed = 7,
) => `=================== FAILURES ===================
____________________ test_total ____________________
    def test_total():
>       assert total([1, 2]) == 3
E       ${said}
tests/test_total.py:4: AssertionError
=========== short test summary info ============
FAILED tests/test_total.py::test_total - ${said}
========= ${failed} failed, ${passed} passed in ${seconds}s =========`;

const vitest = (at: string, frame: string, said: string) => ` FAIL  src/price.test.ts > price > rounds half up
AssertionError: ${said}
 ❯ src/price.test.ts:${at}
     10|   it('rounds half up', () => {
     11|     ${frame}
       |                 ^
 Test Files  1 failed (1)
      Tests  1 failed | 2 passed (3)
   Start at  12:0${at.length}:31
   Duration  ${at.length}12ms`;

const eslint = (...found: [file: string, at: string, rule: string][]) =>
  `${found.map(([file, at, rule]) => `\n/srv/w/${file}\n  ${at}  error  Unexpected thing  ${rule}`).join('\n')}\n\n✖ ${found.length} problems (${found.length} errors, 0 warnings)\n`;

const go = (seconds: string, said: string) =>
  `--- FAIL: TestParse (0.0${seconds}s)\n    parse_test.go:14: ${said}\nFAIL\nFAIL\texample.org/parse\t0.1${seconds}s\n`;

const cargo = (line: number, said: string) =>
  `error[E0308]: mismatched types\n --> src/lib.rs:${line}:5\n  |\n${line} |     let x = 1;\n  |     ^^^^ ${said}\n\nerror: could not compile \`lib\` (lib) due to 1 previous error\n`;

export const judgedLoops: readonly JudgedLoop[] = [
  circle(
    'the same assertion, whatever is edited (node:test)',
    nodeTest(2.1, 7, "Expected values to be strictly equal:\n\n'a' !== 'b'"),
    nodeTest(3.9, 7, "Expected values to be strictly equal:\n\n'a' !== 'b'"),
    nodeTest(1.04, 7, "Expected values to be strictly equal:\n\n'a' !== 'b'"),
  ),
  circle(
    'the same type error, further down each time (tsc)',
    tsc(['src/a.ts', '4,7', 'TS2304', "Cannot find name 'Widget'."]),
    tsc(['src/a.ts', '9,7', 'TS2304', "Cannot find name 'Widget'."]),
    tsc(['src/a.ts', '12,11', 'TS2304', "Cannot find name 'Widget'."]),
  ),
  circle(
    'the same value comes out (pytest)',
    pytest('0.04', 'assert None == 3'),
    pytest('0.11', 'assert None == 3'),
    pytest('1.20', 'assert None == 3'),
  ),
  circle(
    'the same rule in the same file (eslint)',
    eslint(['src/a.js', '3:1', 'no-undef']),
    eslint(['src/a.js', '8:5', 'no-undef']),
    eslint(['src/a.js', '21:9', 'no-undef']),
  ),
  circle(
    'the same words (go)',
    go('1', 'got "" want "x"'),
    go('2', 'got "" want "x"'),
    go('9', 'got "" want "x"'),
  ),
  circle(
    'the same mismatch on another line (cargo)',
    cargo(7, 'expected `String`, found `&str`'),
    cargo(9, 'expected `String`, found `&str`'),
    cargo(31, 'expected `String`, found `&str`'),
  ),
  circle(
    'the same page of vitest at other times',
    vitest('11:20', 'expect(round(2.5)).toBe(3)', 'expected 2 to be 3 // Object.is equality'),
    vitest('11:20', 'expect(round(2.5)).toBe(3)', 'expected 2 to be 3 // Object.is equality'),
    vitest('11:20', 'expect(round(2.5)).toBe(3)', 'expected 2 to be 3 // Object.is equality'),
  ),
  circle(
    'tests that run side by side end as they please',
    'not ok - a\nok - b\nnot ok - c',
    'not ok - c\nnot ok - a\nok - b',
    'ok - b\nnot ok - c\nnot ok - a',
  ),
  circle(
    'ports, ids and times differ and nothing else',
    '2026-01-02T10:11:12Z [pid 41231] listening on 48212\nError: no route /x (request 9f8e7d6c5b4a)',
    '2026-01-02T10:14:12Z [pid 51239] listening on 39999\nError: no route /x (request 0a1b2c3d4e5f)',
    '2026-01-02T10:19:44Z [pid 61231] listening on 50123\nError: no route /x (request aa1b2c3d4e60)',
  ),
  circle('a check that says nothing, ever', '', '', ''),
  circle(
    'it goes in circles after a beginning that was none',
    nodeTest(2, 7, "TypeError: add is not a function\n\n'a' !== 'b'"),
    go('1', 'got 1 want 2'),
    go('2', 'got 1 want 2'),
    go('3', 'got 1 want 2'),
  ),
  endsWell(
    'the value comes closer',
    nodeTest(2, 7, '1 !== 4'),
    nodeTest(2, 7, '2 !== 4'),
    nodeTest(2, 7, '3 !== 4'),
  ),
  endsWell(
    'large values come closer',
    pytest('0.1', 'assert 100001 == 123456'),
    pytest('0.1', 'assert 120001 == 123456'),
    pytest('0.1', 'assert 123455 == 123456'),
  ),
  endsWell(
    'fewer tests fail each time, and the first is the same',
    pytest('0.1', 'assert None == 3', 5, 3),
    pytest('0.1', 'assert None == 3', 3, 5),
    pytest('0.1', 'assert None == 3', 2, 6),
  ),
  endsWell(
    'one file after the other is mended',
    tsc(
      ['src/a.ts', '1,1', 'TS6133', "'x' is declared but never used."],
      ['src/b.ts', '1,1', 'TS6133', "'x' is declared but never used."],
      ['src/c.ts', '1,1', 'TS6133', "'x' is declared but never used."],
    ),
    tsc(
      ['src/b.ts', '1,1', 'TS6133', "'x' is declared but never used."],
      ['src/c.ts', '1,1', 'TS6133', "'x' is declared but never used."],
    ),
    tsc(['src/c.ts', '1,1', 'TS6133', "'x' is declared but never used."]),
  ),
  endsWell(
    'only the number of problems falls',
    'Found 12 errors. Watching is off.',
    'Found 7 errors. Watching is off.',
    'Found 2 errors. Watching is off.',
  ),
  endsWell(
    'the same rule in the next file',
    eslint(['src/a.js', '3:1', 'no-undef']),
    eslint(['src/b.js', '3:1', 'no-undef']),
    eslint(['src/c.js', '3:1', 'no-undef']),
  ),
  endsWell(
    'from an error at the call to a wrong value to nearly right',
    nodeTest(2, 7, 'add is not a function'),
    nodeTest(2, 7, "'undefined' !== 'b'"),
    nodeTest(2, 7, "'B' !== 'b'"),
  ),
  endsWell(
    'another test of the same name of failure',
    'not ok 1 - empty list\n# fail 1',
    'not ok 2 - one entry\n# fail 1',
    'not ok 3 - two entries\n# fail 1',
  ),
  endsWell(
    'twice the same, then something else',
    go('1', 'got 1 want 2'),
    go('2', 'got 1 want 2'),
    go('3', 'got 3 want 2'),
  ),
  endsWell(
    'the same twice, another thing, the same again',
    go('1', 'got 1 want 2'),
    go('1', 'panic: nil map'),
    go('2', 'got 1 want 2'),
    go('1', 'panic: nil map'),
  ),
  endsWell(
    'the mismatch is another one',
    cargo(7, 'expected `String`, found `&str`'),
    cargo(7, 'expected `String`, found `&String`'),
    cargo(7, 'expected `String`, found `Cow<str>`'),
  ),
  endsWell('the same exception of another key', "KeyError: 'host'", "KeyError: 'port'", "KeyError: 'user'"),
  endsWell(
    'a missing import after the other',
    "ImportError: cannot import name 'a' from 'pkg'",
    "ImportError: cannot import name 'b' from 'pkg'",
    "ImportError: cannot import name 'c' from 'pkg'",
  ),
  endsWell(
    'the page differs where the change has moved it',
    'Snapshot  1 failed\n- <b>1</b>\n+ <b>10001</b>',
    'Snapshot  1 failed\n- <b>1</b>\n+ <b>10002</b>',
    'Snapshot  1 failed\n- <b>1</b>\n+ <b>10003</b>',
  ),
  endsWell(
    'it becomes faster',
    'AssertionError: expected 900 ms to be below 50 ms (901ms)',
    'AssertionError: expected 200 ms to be below 50 ms (201ms)',
    'AssertionError: expected 70 ms to be below 50 ms (71ms)',
  ),
  endsWell(
    'coverage rises to its bound',
    'ERROR: Coverage for lines (71.2%) does not meet global threshold (80%)',
    'ERROR: Coverage for lines (75.9%) does not meet global threshold (80%)',
    'ERROR: Coverage for lines (79.1%) does not meet global threshold (80%)',
  ),
];
