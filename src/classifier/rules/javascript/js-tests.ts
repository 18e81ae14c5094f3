// Test runners of JavaScript.
import { precedence, type Rule } from '../../match/rule.ts';
import { failedTest, missing, timedOut } from '../../verdicts.ts';

const { dependency, test } = precedence;

/** A stack frame in the project's own code, not in a library. */
const frame =
  /^\s+at (?!.{0,200}(?:node_modules|node:|\/build\/))(?:.{0,120}\()?(?:file:\/\/)?(?<file>[^\s():]{1,300}):(?<line>\d{1,6}):(?<column>\d{1,5})\)?$/;

export const jsTestRules: readonly Rule[] = [
  {
    id: 'mocha.failed',
    is: failedTest,
    precedence: test,
    line: /^ {2}\d{1,6} failing$/,
    near: [
      /^ {2}\d{1,5}\) (?!")(?<test>\S.{0,300}):$/,
      /^ {4,12}(?!\w*(?:Error|Exception)\b)(?<test>\S.{0,300}):$/,
      /^\s+at (?!.{0,200}(?:node_modules|node:))(?:.{0,120}\()?(?:file:\/\/|webpack:\/\/[\w.@-]{0,60}\/)?(?:\.\/)?(?<file>[^\s():]{1,300}):(?<line>\d{1,6}):(?<column>\d{1,5})\)?$/,
    ],
    from: 'mocha, cypress',
    sample: '  1 failing',
  },
  {
    id: 'ava.failed',
    is: failedTest,
    precedence: test,
    line: /^ {2}(?:\d+ (?:tests?|known failures?|hooks?) failed|\d+ uncaught exceptions?|\d+ unhandled rejections?|. Timed out while running tests|\d+ tests? remained pending)/,
    near: [
      /^ {2,4}(?:✘|✖) \[fail\]: (?:.{1,200} › )?(?<test>.{1,200}?)(?: (?:Error thrown|Rejected promise).{0,100})?$/,
      /^ {2,4}◌ (?:.{1,200} › )?(?<test>.{1,200})$/,
      /^ {2}(?<file>[\w@./-]+\.[cm]?[jt]sx?):(?<line>\d{1,6})$/,
    ],
    from: 'ava',
    sample: '  1 test failed',
  },
  {
    id: 'node-test.failed',
    is: failedTest,
    precedence: test,
    line: /^(?:✖ failing tests:|(?:ℹ|#) (?:fail|cancelled) [1-9]\d{0,5}|\s{0,20}failureType: '\w+'|\s{0,20}failureType: \w+)$/,
    near: [
      /^(?: {2}){0,6}✖ (?!failing tests:|\d+ problems?\b)(?!\S+\.[cm]?[jt]s )(?<test>.{1,250}?)(?: \([\d.]{1,20}ms\))?$/,
      /^test at (?<file>[^\s:]{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5})$/,
      /^\s{0,20}not ok \d{1,6} (?:- )?(?!\S{1,200}\.[cm]?[jt]s$)(?<test>.{1,250})$/,
      /location: '(?:file:\/\/)?(?<file>[^\s:']{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5})'/,
    ],
    from: 'node --test',
    sample: '✖ failing tests:',
  },
  {
    id: 'tap.failed',
    is: failedTest,
    precedence: test - 10,
    line: /^\s{0,16}not ok \d{1,6}(?: (?:- )?(?<test>(?!\S{1,200}\.[cm]?[jt]s(?: #.*)?$)(?!- |should be |.*# (?:TO[D]O|SKIP)).{1,200}?))?(?: # time=.{1,40})?(?: \{)?$/,
    near: [
      /^\s{4}not ok \d{1,6} - (?!should )(?<test>.{1,200}?)(?: # time=.{1,40})?(?: \{)?$/,
      /^\s+fileName: (?<file>\S{1,250})/,
      /^\s+lineNumber: (?<line>\d{1,6})/,
      /^\s{2,20}at: .{0,120}?\(?(?:file:\/\/)?(?<file>\/?[^\s():]{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5})\)?$/,
      /^# {3}(?:at|in) (?<file>\S{1,200}) line (?<line>\d{1,6})\.$/,
    ],
    from: 'tap, tape, bats, prove -v, uvu',
    sample: 'not ok 2 - count matches',
    reads: { testNames: ['count matches'] },
  },
  {
    id: 'playwright.browser-missing',
    is: missing,
    precedence: dependency,
    line: /Executable doesn't exist at|npx playwright install|Could not find (?<package>Chrome)|No binary for (?<package2>\w+) browser|cannot find (?<package3>Chrome) binary|Cypress (?:executable not found|binary is missing)|Cypress binary is missing|missing dependencies to run browsers/,
    from: 'playwright, puppeteer, karma, cypress, selenium',
    sample:
      "Error: browserType.launch: Executable doesn't exist at /ms-playwright/chromium-1148/chrome-linux/chrome",
  },
  {
    id: 'playwright.global-timeout',
    is: timedOut,
    precedence: precedence.deadline - 20,
    line: /Timed out waiting [\d.]+s for the (?:entire )?test (?:suite to run|run)|Timed out waiting \d+ms from config\.webServer/,
    from: 'playwright test',
    sample: '  Timed out waiting 1s for the test suite to run',
  },
  {
    id: 'playwright.failed',
    is: failedTest,
    precedence: test,
    line: /^\s{2}\d{1,5}\) (?:\[[^\]]{1,60}\] › )?(?<file>[^\s:]{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5}) › (?:.{1,250} › )?(?<test>.{1,250}?)\s*─*\s*$/,
    near: [
      /^\s{2}\d{1,5}\) (?:\[[^\]]{1,60}\] › )?(?<file>[^\s:]{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5}) › (?:.{1,250} › )?(?<test>.{1,250}?)\s*─*\s*$/,
    ],
    from: 'playwright test',
    sample: '  1) a.spec.js:2:5 › cart › adds an item ───────────────────────────────',
    reads: { file: 'a.spec.js', line: 2, column: 5, testNames: ['adds an item'] },
  },
  {
    id: 'cypress.failed',
    is: failedTest,
    precedence: test - 5,
    line: /^\s*│ Failing:\s+[1-9]|^(?:Chrome|Firefox|HeadlessChrome|Safari|jsdom|Chrome Headless)\S*.{0,60}Executed \d+ of \d+ .{0,20}\(\d+ FAILED\)|^Executed \d+ of \d+ .{0,20}FAILED/,
    near: [/^(?:Chrome|Firefox|HeadlessChrome|jsdom)[^\n]{0,60}\) (?:.{1,200} )?(?<test>.{1,200}) FAILED$/],
    from: 'cypress, karma',
    sample: '  │ Failing:      1                                                      │',
  },
  {
    id: 'jasmine.failed',
    is: failedTest,
    precedence: test - 4,
    line: /^\d+ specs?, [1-9]\d* failures?|^# (?:failed|fail) +[1-9]/,
    near: [/^\d{1,4}\) (?<test>\S.{0,250})$/, frame],
    from: 'jasmine, qunit, uvu',
    sample: '1 spec, 1 failure',
  },
  {
    id: 'uvu.failed',
    is: failedTest,
    precedence: test - 4,
    line: /^ {3}FAIL {2}(?:\S.{0,100} {2})?"(?<test>[^"]{1,200})"/,
    near: [frame],
    from: 'uvu',
    sample: '   FAIL  "adds"',
    reads: { testNames: ['adds'] },
  },
];
