// Jest and Vitest.
import { precedence, type Rule } from '../../match/rule.ts';
import { failedTest, missing, noTests, refusedText } from '../../verdicts.ts';

const { compile, dependency, test } = precedence;

/** A stack frame in the project's own code, not in a library. */
const frame =
  /^\s+at (?!.{0,200}(?:node_modules|node:|\/build\/))(?:.{0,120}\()?(?:file:\/\/)?(?<file>[^\s():]{1,300}):(?<line>\d{1,6}):(?<column>\d{1,5})\)?$/;

export const jestVitestRules: readonly Rule[] = [
  {
    id: 'vitest.failed',
    is: failedTest,
    precedence: test,
    line: /^ FAIL {2,4}(?:\|?[\w.-]+\|? )?(?<file>\S+?\.[\w.]+)(?: > (?:.{1,300} > )?(?<test>.{1,300})| \[ .{1,200} \])?$/,
    near: [
      /^\s?FAIL\s{1,4}(?:\|?[\w.-]+\|? )?(?<file>\S+?\.[\w.]+) > (?:.{1,300} > )?(?<test>.{1,300})$/,
      /^\s?❯ (?<file>[^\s:]{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5})$/,
    ],
    from: 'vitest',
    sample: ' FAIL  a.test.js > cart > sums prices',
    reads: { file: 'a.test.js', testNames: ['sums prices'] },
  },
  {
    id: 'vitest.package-missing',
    is: missing,
    precedence: dependency,
    line: /^(?:Error: )?Failed to load url (?<package>(?![./]|node:)[^\s?]{1,200}) \(resolved id: [^)]{1,250}\)(?: in (?<file>[^\s?]{1,250}?)\.? Does)?/,
    from: 'vitest, vite-node',
    sample: 'Error: Failed to load url nock (resolved id: nock) in a.test.js. Does the file exist?',
    reads: { package: 'nock', file: 'a.test.js' },
  },
  {
    id: 'vitest.own-file-missing',
    is: refusedText,
    precedence: compile,
    line: /^(?:Error: )?Failed to load url [./].{0,400}?(?: in (?<file>[^\s?]{1,250}?)\.? Does)?/,
    from: 'vitest, vite-node',
    sample: 'Error: Failed to load url ./gone (resolved id: ./gone) in a.test.js. Does the file exist?',
  },
  {
    id: 'vitest.unexpected',
    is: refusedText,
    precedence: compile - 2,
    line: /^Error: (?:Unexpected|Expected|Unterminated) /,
    also: 'getRollupError',
    near: [/^\s?FAIL\s{1,4}(?<file>\S+?\.[\w.]+) \[/],
    from: 'vitest, which parses with rollup',
    sample:
      'Error: Unexpected token `=`. Expected yield, an identifier, [ or {\n ❯ getRollupError parseAst.js:392:41',
  },
  {
    id: 'vitest.summary',
    is: failedTest,
    precedence: test - 5,
    line: /^\s*Test Files\s+\d+ failed|Failed (?:Tests|Suites) \d+|^⎯+ Unhandled (?:Errors?|Rejection) ⎯+/,
    near: [/^\s?❯ (?<file>[^\s:]{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5})$/],
    from: 'vitest',
    sample: ' Test Files  1 failed (1)',
  },
  {
    id: 'vitest.no-tests',
    is: noTests,
    precedence: test + 2,
    line: /^(?:Error: |\s*ERROR:? |✖ |✘ | {2}✘ )?\s*(?:No test files found|No tests found|No specs found|no test files found|Couldn't find any files to test|Can't run because no spec files were found|Could not find any test files)/,
    from: 'vitest, jest, mocha, playwright, ava, jasmine, cypress',
    sample: 'No test files found, exiting with code 1',
  },
  {
    id: 'js.coverage',
    is: failedTest,
    precedence: test + 1,
    line: /ERROR: Coverage for \w+ \([\d.]+%\) does not meet|^Jest: .{0,120}coverage threshold for|ERROR: .{0,60}[Cc]overage .{0,60}(?:threshold|below)/,
    from: 'vitest, c8, nyc, jest',
    sample: 'ERROR: Coverage for lines (50%) does not meet global threshold (90%)',
  },
  {
    id: 'jest.syntax',
    is: refusedText,
    precedence: compile,
    line: /^\s{4}(?:Jest encountered an unexpected token|(?:\/\S{1,250}: )?SyntaxError: |.{0,80}Cannot use import statement)/,
    also: 'Test suite failed to run',
    near: [
      /^\s{4}SyntaxError: (?<file>\S{1,250}): .{1,200}\((?<line>\d{1,6}):(?<column>\d{1,5})\)/,
      /^\s{4}(?<file>\/(?!.{0,200}node_modules)[^\s:]{1,250}):(?<line>\d{1,6})$/,
      /^FAIL (?:\S+ )?(?:\.\/)?(?<file>\S+\.[\w.]+)/,
    ],
    from: 'jest',
    sample: '  ● Test suite failed to run\n\n    Jest encountered an unexpected token',
  },
  {
    id: 'vitest.syntax',
    is: refusedText,
    precedence: compile,
    line: /^(?:Error: |RollupError: |\[PARSE_ERROR\] )?(?:Failed to parse source for import analysis|Transform failed with \d+ errors?|Parse failure: |Expression expected)/,
    near: [
      /^\s{1,4}File: (?<file>[^\s:]{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5})/,
      /^(?<file>[^\s:]{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5}): ERROR: /,
      /[╭┌][─-]\[ ?(?<file>[^\s:]{1,200}):(?<line>\d{1,6}):(?<column>\d{1,5}) ?\]/,
      /^\s?FAIL\s{1,4}(?<file>\S+?\.[\w.]+)/,
    ],
    from: 'vite, vitest',
    sample:
      'Error: Failed to parse source for import analysis because the content contains invalid JS syntax.',
  },
  {
    id: 'junit-report.failed',
    is: failedTest,
    precedence: test,
    line: /^\s{0,20}<(?:failure|error)\b/,
    also: '<testcase',
    near: [
      /<testcase [^>\n]{0,300}\bname="(?<test>[^"]{1,200})"[^>/\n]{0,200}>$/,
      /^ ❯ (?<file>[^\s:]{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5})$/,
    ],
    from: 'reports in the form of JUnit',
    sample:
      '<testcase classname="a.test.js" name="adds" time="0.005">\n  <failure message="expected 1 to be 2">',
    reads: { testNames: ['adds'] },
  },
  {
    id: 'jest.failed',
    is: failedTest,
    precedence: test,
    line: /^ {2}● (?!Console$|Validation |Deprecation )(?!Test suite failed to run)(?:.{1,300} › )?(?<test>.{1,300})$/,
    near: [
      /^ {2}● (?!Console$|Validation |Deprecation |Test suite failed)(?:.{1,300} › )?(?<test>.{1,300})$/,
      /^FAIL (?:\S+ )?(?:\.\/)?(?<file>\S+\.[\w.]+)(?: \([\d.]+ m?s\))?$/,
      frame,
    ],
    nearest: 'before',
    from: 'jest',
    sample: '  ● cart › sums prices',
    reads: { testNames: ['sums prices'] },
  },
  {
    id: 'jest.suite',
    is: failedTest,
    precedence: test - 5,
    line: /^ {2}● Test suite failed to run|^Test Suites: \d+ failed/,
    near: [/^FAIL (?:\S+ )?(?:\.\/)?(?<file>\S+\.[\w.]+)/, frame],
    from: 'jest',
    sample: '  ● Test suite failed to run',
  },
  {
    id: 'jest.environment-missing',
    is: missing,
    precedence: dependency,
    line: /Test environment (?<package>[\w@/.-]+) cannot be found|Module (?<package2>[\w@/.-]+) in the (?:transform|preset|reporters|testRunner|setupFiles\w*) option was not found|Preset (?<package3>[\w@/.-]+) not found|MISSING DEPENDENCY\s+Cannot find dependency '(?<package4>[\w@/.-]+)'/,
    from: 'jest, vitest',
    sample:
      'Test environment jest-environment-jsdom cannot be found. Make sure the testEnvironment configuration option points to an existing node module.',
    reads: { package: 'jest-environment-jsdom' },
  },
  {
    id: 'js.only-forbidden',
    is: failedTest,
    precedence: test + 1,
    line: /Unexpected \.only modifier|`\.only` forbidden|focused item found in the --forbid-only|item focused with '?\.only'? is not allowed/,
    near: [/(?<file>[\w@./-]+\.[cm]?[jt]sx?):(?<line>\d{1,6}):(?<column>\d{1,5})/],
    from: 'vitest, mocha, playwright',
    sample: 'Error: Unexpected .only modifier. Remove it or pass --allowOnly argument to bypass this error',
  },
];
