// Test runners and linters of the JVM.
import { precedence, type Rule } from '../../match/rule.ts';
import { brokenContract, failedTest, lintFinding, noTests } from '../../verdicts.ts';

const { compile, lint, test } = precedence;
const own =
  /^\s+at (?![\w.-]{0,60}\/{0,2}(?:org\.junit|java\.|javax\.|jdk\.|sun\.|org\.testng|org\.assertj|org\.hamcrest|org\.opentest4j|org\.apache|kotlin\.|scala\.|org\.gradle|org\.mockito|junit\.|com\.sun\.))(?:[\w.-]+\/{1,2})?[\w.$<>]{1,250}\((?<file>\w{1,120}\.(?:java|kt|scala|groovy)):(?<line>\d{1,6})\)/;

/** 'org.opentest4j.AssertionFailedError at CartTest.java:12': Gradle prints only this frame. */
const aboutPlace = /^\s{2,12}[\w.$]{1,200} at (?<file>\w{1,120}\.(?:java|kt|scala|groovy)):(?<line>\d{1,6})$/;
/** '[ERROR]   CartTest$Inner.total:9 no', '[ERROR]   CartTest>BaseTest.setUp:17->fill:20 » NullPointer' */
const summarised =
  /^\[ERROR\] {1,4}(?:Run \d{1,3}: )?(?:[\w$.]{1,160}>)?[\w$]{1,120}\.(?<test>\w{1,160})(?::(?<line>\d{1,6})(?:->\S{1,200})? | » )/;

export const jvmTestRules: readonly Rule[] = [
  {
    id: 'checkstyle.finding',
    is: lintFinding,
    precedence: compile + 2,
    line: /^(?:\[ant:checkstyle\] )?\[(?:ERROR|WARN|WARNING)\] (?<file>[^\s:][^:\n]{0,250}\.(?:java|xml|properties)):(?:\[?(?<line>\d{1,6})(?:[:,](?<column>\d{1,5}))?\]?):? (?:\(\w{1,40}\) (?<code2>[A-Z]\w{3,60}): |.{1,600}\[(?<code>[A-Z]\w{3,60})\]\.?$)/,
    from: 'checkstyle',
    sample: '[ERROR] /app/A.java:1:18: Missing a Javadoc comment. [JavadocVariable]',
    reads: { file: '/app/A.java', line: 1, column: 18, errorCode: 'JavadocVariable' },
  },
  {
    id: 'jvm-lint.summary',
    is: lintFinding,
    precedence: lint,
    line: /Checkstyle ends with \d+ errors?|[Cc]heckstyle (?:rule )?violations|^\[ERROR\] (?:High|Medium|Low): |failed with \d+ bugs|PMD Failure: (?<file>\S{1,200}):(?<line>\d{1,6}) Rule:(?<code>\w+)|PMD (?:has found|\S+ has found) \d+|had format violations|Execution failed for task ':\w*(?:spotless|ktlint|detekt|checkstyle|pmd|spotbugs)\w*'|Analysis failed with \d+ weighted issues|is not formatted properly/,
    near: [
      /^(?<file>[^\s:]{1,250}\.kts?):(?<line>\d{1,6}):(?<column>\d{1,5}):? .{1,200}?[([](?<code>[\w:-]+)[)\]]$/,
      /^\s{4,8}(?<file>[\w./-]+\.(?:java|kt|scala))$/,
    ],
    from: 'checkstyle, spotbugs, pmd, spotless, ktlint, detekt',
    sample: 'Checkstyle ends with 14 errors.',
  },
  {
    id: 'pmd.finding',
    is: lintFinding,
    precedence: lint,
    line: /^(?<file>[^\s:]{1,250}\.(?:java|kt)):(?<line>\d{1,6}):(?:(?<column>\d{1,5}):)?\s+(?:(?<code>[A-Z]\w{4,60}):\s|.{1,300} (?:\((?<code2>[\w:-]+)\)|\[(?<code3>[A-Z]\w{3,60})\])$)/,
    from: 'pmd, ktlint, detekt',
    sample: "src/A.java:3:\tUnusedLocalVariable:\tAvoid unused local variables such as 'x'.",
    reads: { file: 'src/A.java', line: 3, errorCode: 'UnusedLocalVariable' },
  },
  {
    id: 'japicmp.broken',
    is: brokenContract,
    precedence: compile + 6,
    line: /There is at least one (?:incompatibility|incompatible)|Breaking the build because there is at least one|(?<code>java\.(?:method|class|field)\.\w+)|^(?:\*\*\*|---)! (?:REMOVED|MODIFIED) |is not (?:binary|source) compatible/,
    from: 'japicmp, revapi, japi-compliance',
    sample:
      'Breaking the build because there is at least one modified class: There is at least one incompatibility: com.acme.A.f():METHOD_REMOVED',
  },
  {
    id: 'junit.failed',
    is: failedTest,
    precedence: test,
    line: /^\d{1,5}\) (?<test>[\w$ ]{1,200})\((?:[\w.$]{1,250})\)$|^There (?:was|were) \d+ failures?:$/,
    near: [/^\d{1,5}\) (?<test>\w{1,200})\([\w.$]{1,250}\)$/, own],
    unless: 'PHPUnit',
    from: 'JUnit 4 console',
    sample: '1) roundsUp(T)',
    reads: { testNames: ['roundsUp'] },
  },
  {
    id: 'surefire.failed',
    is: failedTest,
    precedence: test,
    line: /^(?:\[ERROR\] +)?(?:[\w.$]+\.)?(?<test>[\w $-]{1,200}?)(?:\([\w.$, ]{0,200}\))?(?:\[.{1,100}?\])?(?: (?: |-- )Time elapsed: [\d.,]+ m?s(?:ec)?)? {1,3}<<< (?:FAILURE|ERROR)!|^\S{1,250} > (?:.{1,200} > )?(?<test2>[^>\n]{1,200}?)(?:\(\))? FAILED$|There are test failures|^\d+ tests? completed, [1-9]\d* failed/,
    near: [
      /^(?:\[ERROR\] +)?(?:[\w.$]+\.)?(?<test>(?!Tests run)\w{1,200})(?:\([\w.$, ]{0,200}\))?(?:\[.{1,100}\])? (?: Time elapsed|-- Time elapsed)[^<\n]{1,60}<<< (?:FAILURE|ERROR)!/,
      /^\S{1,250} > (?:.{1,200} > )?(?<test>[^>\n]{1,200}?)(?:\(\))? FAILED$/,
      aboutPlace,
      own,
      /^(?:\[ERROR\] +)?(?:\w+\.)?(?:\w+)\.\w+:(?<line>\d{1,6}) /,
    ],
    from: 'maven surefire, gradle',
    sample: '[ERROR] roundsUp(AppTest)  Time elapsed: 0.004 s  <<< FAILURE!',
    reads: { testNames: ['roundsUp'] },
  },
  {
    id: 'junit5.failed',
    is: failedTest,
    precedence: test - 2,
    line: /\[X\] .{1,200}|^\[ +[1-9]\d* tests failed +\]|Tests run: \d+, +Failures: (?:[1-9]\d*|0, +Errors: [1-9])|Total tests run: \d+.{0,40}Failures: [1-9]|\*\*\* FAILED \*\*\*/,
    near: [
      summarised,
      /[├└]─ (?<test>\w{1,200})(?:\(.{0,100}\))? \[X\]/,
      /^(?:\[info\] )?- (?<test>.{1,200}) \*\*\* FAILED \*\*\*/,
      own,
    ],
    from: 'JUnit 5 console, TestNG, ScalaTest',
    sample: "      '-- roundsUp() [X] expected: <3> but was: <2>",
  },
  {
    id: 'surefire.none',
    is: noTests,
    precedence: test + 1,
    line: /No tests were executed|No tests matching pattern|No tests found for given includes/,
    from: 'surefire, gradle',
    sample: 'No tests were executed!  (Set -DfailIfNoTests=false to ignore this error.)',
  },
  {
    id: 'jacoco.coverage',
    is: failedTest,
    precedence: test + 1,
    line: /Coverage checks have not been met|Rule violated for .{1,200} (?:covered )?ratio is/,
    from: 'jacoco',
    sample: 'Rule violated for bundle app: lines covered ratio is 0.50, but expected minimum is 0.80',
  },
];
