// Test runners of C and C++.
import { precedence, type Rule } from '../rule.ts';
import { failedTest, missing, noTests } from '../verdicts.ts';

const { dependency, test } = precedence;

export const cTestRules: readonly Rule[] = [
  {
    id: 'bazel.fetch',
    is: missing,
    precedence: dependency - 5,
    line: /no such package '(?<package>@[^']{1,120})'|Error downloading \[|module not found in registries/,
    from: 'bazel',
    sample: "ERROR: no such package '@rules_x//pkg': The repository '@rules_x' could not be resolved",
    reads: { package: '@rules_x//pkg' },
  },
  {
    id: 'bazel.tests',
    is: failedTest,
    precedence: test - 5,
    line: /^\/\/\S{1,200} +(?:FAILED|TIMEOUT|NO STATUS) in|tests? passes? and \d+ fails?/,
    from: 'bazel test',
    sample: '//app:cart_test                                                   FAILED in 0.3s',
  },
  {
    id: 'ctest.failed',
    is: failedTest,
    precedence: test - 3,
    line: /^The following tests FAILED:|^\d+% tests passed, [1-9]\d* tests? failed|\*\*\*(?:Failed|Timeout|Exception|Not Run)/,
    near: [
      /^\s+\d+ - (?<test>.{1,200}?) \((?:Failed|Timeout|SEGFAULT|Subprocess aborted|ILLEGAL|OTHER_FAULT|Not Run|SIG\w+)\)/,
    ],
    from: 'ctest',
    sample: 'The following tests FAILED:',
  },
  {
    id: 'ctest.none',
    is: noTests,
    precedence: test,
    line: /No tests were found!!!|^No test configuration file found|^No tests (?:defined|ran)/,
    from: 'ctest, meson test, catch2',
    sample: 'No tests were found!!!',
  },
  {
    id: 'cmocka.failed',
    is: failedTest,
    precedence: test,
    line: /^\[ {2}FAILED {2}\] (?<test>[a-z]\w{0,160})$|^ {2}Test: (?<test2>\S.{0,120}?) \.{3}FAILED$/,
    near: [
      /^\[ {2}FAILED {2}\] (?<test>[a-z]\w{0,160})$/,
      /^\[ {3}LINE {3}\] --- (?<file>[^\s:]{1,250}):(?<line>\d{1,6}): error: /,
      /^ {4}\d{1,4}\. (?<file>[^\s:]{1,250}):(?<line>\d{1,6}) {2}- /,
    ],
    from: 'cmocka, CUnit',
    sample: '[  FAILED  ] sums',
    reads: { testNames: ['sums'] },
  },
  {
    id: 'libcheck.failed',
    is: failedTest,
    precedence: test,
    line: /^(?<file>[^\s:]{1,250}):(?<line>\d{1,6}):[FE]:[^:\n]{1,100}:(?<test>\w{1,160}):\d{1,6}: |^\d+%: Checks: \d+, (?:Failures: [1-9]|Failures: 0, Errors: [1-9])/,
    near: [/^(?<file>[^\s:]{1,250}):(?<line>\d{1,6}):[FE]:[^:\n]{1,100}:(?<test>\w{1,160}):\d{1,6}: /],
    from: 'check',
    sample: "t.c:3:F:C:sums:0: Assertion '1 == 2' failed: 1 == 1, 2 == 2",
    reads: { file: 't.c', line: 3, testNames: ['sums'] },
  },
  {
    id: 'gtest.failed',
    is: failedTest,
    precedence: test,
    line: /^\[ {2}FAILED {2}\] (?:\w[\w/]{0,200}\.(?<test>[\w/]{1,200}))/,
    near: [
      /^\[ {2}FAILED {2}\] \w[\w/]{0,200}\.(?<test>[\w/]{1,200})/,
      /^(?<file>[^\s:]{1,250}):(?<line>\d{1,6}): Failure$/,
    ],
    from: 'googletest',
    sample: '[  FAILED  ] Cart.Total (0 ms)',
    reads: { testNames: ['Total'] },
  },
  {
    id: 'catch2.failed',
    is: failedTest,
    precedence: test,
    line: /^(?<file>[^\s:]{1,250}):(?:(?<line>\d{1,6}):|\d+:) (?:FAILED:|(?:FATAL )?ERROR: (?:CHECK|REQUIRE|test case)|error: in "(?:[\w/]+\/)?(?<test>\w+)")|^test cases: .{0,60}\d+ failed|^\[doctest\] test cases: .{0,80}[1-9]\d* failed|^\*{3} \d+ failures?/,
    near: [
      /^(?<test>[A-Za-z][\w ,'-]{1,120})$/,
      /^TEST CASE: {2}(?<test>\S.{0,200})$/,
      /^(?<file>[^\s:]{1,250}\.\w{1,4}):(?<line>\d{1,6}):(?:[EF]:\w+:(?<test>\w+):)? ?/,
    ],
    from: 'Catch2, doctest, Boost.Test, check',
    sample: 'a.cpp:5: FAILED:',
    reads: { file: 'a.cpp', line: 5 },
  },
  {
    id: 'automake.tests',
    is: failedTest,
    precedence: test - 3,
    line: /^FAIL: (?<test>[\w./-]{1,120})(?: .*)?$|^# (?:FAIL|ERROR): +[1-9]/,
    near: [/^FAIL: (?<test>[\w./-]{1,120})(?: .*)?$/],
    purposes: ['test', 'compile'],
    unless: 'Traceback',
    from: 'automake, dejagnu',
    sample: 'FAIL: t_cart.sh',
    reads: { testNames: ['t_cart.sh'] },
  },
  {
    id: 'boost-test.failed',
    is: failedTest,
    precedence: test + 1,
    line: /^(?<file>[^\s:(]{1,250})[:(](?<line>\d{1,6})\)?: (?:fatal )?error: in "(?:[^"/]{1,100}\/)*(?<test>[^"/]{1,100})"|^\*{3} \d+ failures? (?:is|are) detected/,
    near: [
      /^(?<file>[^\s:(]{1,250})[:(](?<line>\d{1,6})\)?: (?:fatal )?error: in "(?:[^"/]{1,100}\/)*(?<test>[^"/]{1,100})"/,
    ],
    from: 'Boost.Test',
    sample: 'a.cpp(5): error: in "adds": check 1 == 2 has failed [1 != 2]',
    reads: { file: 'a.cpp', line: 5, testNames: ['adds'] },
  },
];
