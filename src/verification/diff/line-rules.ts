// What single added lines say that no run can show (R-GREEN-5). Each rule names the files that it looks at.
import type { FindingKind } from '../../domain/work-order/finding.ts';

/** `scripts`: configuration, set-up of checks, definitions of CI. */
export type Place = 'product' | 'tests' | 'scripts';

export interface LineRule {
  kind: FindingKind;
  places: readonly Place[];
  /** Tested against one line. */
  pattern: RegExp;
  /** Completes 'path:line '. */
  what: string;
  /** A line that matches this too is not meant. */
  except?: RegExp;
}

const runnerVariables = String.raw`NODE_ENV|VITEST\w*|JEST_WORKER_ID|NODE_TEST_CONTEXT|MOCHA\w*|AVA_PATH|TAP|PYTEST_\w+|TOX_\w+|TESTING|TEST_MODE|RUNNING_TESTS?|UNIT_TEST\w*|CI|GITHUB_ACTIONS|RAILS_ENV|RACK_ENV|APP_ENV|npm_lifecycle_\w+|npm_command|CARGO_\w*TEST\w*|NEXTEST\w*|GO_TEST\w*|MOOSE_\w+|DOTNET_RUNNING_IN_\w+|VSTEST_\w+`;

export const lineRules: readonly LineRule[] = [
  {
    kind: 'acts_otherwise_under_test',
    places: ['product'],
    pattern: new RegExp(
      String.raw`\b(?:process\.env|import\.meta\.env|Deno\.env\.get|Bun\.env|os\.environ(?:\.get)?|os\.getenv|getenv|ENV|env::var(?:_os)?|Getenv|LookupEnv|GetEnvironmentVariable|System\.getenv)\b[.\[("' ]*(?:${runnerVariables})\b|\{[^}]*\b(?:VITEST|JEST_WORKER_ID|NODE_TEST_CONTEXT)\b[^}]*\}\s*=\s*process\.env`,
    ),
    what: 'reads a variable by which a test run can be told from real use',
  },
  {
    kind: 'acts_otherwise_under_test',
    places: ['product'],
    pattern:
      /\b(?:VITEST(?:_\w+)?|JEST_WORKER_ID|NODE_TEST_CONTEXT|PYTEST_(?:CURRENT_TEST|VERSION|XDIST_\w+)|NEXTEST(?:_\w+)?|VSTEST_\w+|MOCHA_\w+|__vitest_\w+__|npm_lifecycle_\w+)\b/,
    what: 'names a variable that only a test runner sets',
  },
  {
    kind: 'acts_otherwise_under_test',
    places: ['product'],
    pattern:
      /\bObject\.(?:keys|entries)\(\s*(?:globalThis\.)?process\.env\s*\)\s*\.(?:some|find|filter|every|includes|join)|\bany\([^\n]*\b(?:os\.environ|sys\.modules)\b|\bfor\b[^\n]*\bin\s+(?:list\()?sys\.modules\b|\bprocess\.env\[\s*(?:atob|String\.fromCharCode|\[|[`'"][^`'"]*(?:[`'"]\s*\+|\$\{)|Buffer)/,
    what: 'searches the environment for a test runner',
  },
  {
    kind: 'acts_otherwise_under_test',
    places: ['product'],
    pattern:
      /\{\s*stack\s*\}\s*=\s*(?:new\s+)?Error\b|\btraceback\.(?:extract_stack|format_stack|walk_stack)\(|\\?\.(?:test|spec)\\?\.(?:\w|\[|\()[^\n]*\/\w*\.test\(|\/[^/\n]*(?:\.(?:test|spec)\b|_test\b|test_|__tests__)[^/\n]*\/\w*\.(?:test|exec)\(|\.(?:includes|indexOf|endsWith|startsWith|match|search|contains|endswith|startswith|find|end_with\?|include\?)\(\s*['"`/][^'"`\n]*(?:\.test\b|\.spec\b|_test\b|\btest_|__tests__|_spec\b)|\bHas(?:Suffix|Prefix)\([^\n]*"[^"\n]*(?:_test|\.test)\b/,
    what: 'looks for the name of a file of tests',
  },
  {
    kind: 'acts_otherwise_under_test',
    places: ['product'],
    pattern:
      /\bassert(?:\.strict)?(?:\.\w+|\[[^\]\n]+\])\s*=(?![=>])|\bexpect\.extend\(|\bObject\.(?:assign|defineProperty)\(\s*(?:assert|expect)\b|\bunittest\.(?:TestCase|TestResult)\.\w+\s*=(?!=)|\bsetattr\(\s*(?:unittest|pytest|builtins)\b|\bbuiltins\.\w+\s*=(?!=)|\bdef __(?:eq|ne)__\([^)]*\)[^:\n]*:\s*return (?:True|False)\b|\b(?:boolean|bool) [eE]quals\([^)]*\)\s*\{\s*return true\b/,
    what: 'alters what tests compare with',
  },
  {
    kind: 'acts_otherwise_under_test',
    places: ['product'],
    pattern:
      /\btypeof\s+(?:globalThis\.|global\.)?(?:jest|vi|vitest|describe|it|test|expect|mocha|beforeEach|before|__vitest_worker__)\b|\bimport\.meta\.vitest\b|\b(?:globalThis|global|window)(?:\.|\[['"`])(?:describe|it|expect|jest|vi|beforeEach|__vitest_worker__|__coverage__|mocha)\b|['"](?:describe|it|expect|jest|vi|beforeEach|__vitest_worker__)['"]\s+in\s+(?:globalThis|global)|['"](?:pytest|_pytest|unittest|nose)['"]\s+(?:not\s+)?in\s+sys\.modules|sys\.modules\b.*\b(?:pytest|unittest|nose)\b|\btesting\.Testing\(\)|flag\.Lookup\(\s*"test\.|\bcfg!\(\s*(?:not\(\s*)?test\b|#\[cfg\(not\(test\)\)\]|\bdefined\?\(?\s*(?:RSpec|Minitest)|Class\.forName\(\s*"org\.(?:junit|testng)|\bPHPUNIT_COMPOSER_INSTALL\b|class_exists\([^)]*PHPUnit/,
    what: 'asks whether a test runner is there',
  },
  {
    kind: 'acts_otherwise_under_test',
    places: ['product'],
    pattern:
      /\bnew Error\([^)\n]*\)\.stack\b|\.stack\b[^;\n]*\b(?:includes|match|test|indexOf|search)\b|\binspect\.(?:stack|currentframe|getouterframes)\(|\bsys\._getframe\(|\bgetStackTrace\(\)|\bruntime\.Callers?\(|\bprocess\.argv\b[^;\n]*\b(?:test|vitest|jest|mocha)\b|\bprocess\.execArgv\b|\bsys\.argv\b[^;\n]*\b(?:pytest|unittest|test)\b|\bos\.Args\[0\][^;\n]*test|\bcaller(?:_locations)?\b[^;\n]*(?:spec|test)|\brequire\.main\b[^;\n]*(?:test|vitest|jest|mocha)|\brequire\.cache\b[^;\n]*(?:test|vitest|jest|mocha)/,
    what: 'looks at who calls it or how it was started',
  },
  {
    kind: 'acts_otherwise_under_test',
    places: ['product'],
    pattern:
      /\b(?:__name__|__class__|constructor\.name|getSimpleName\(\)|getClass\(\)|TypeOf|%T)[^\n]*['"`][\w.*]*(?:Fake|Mock|Stub|Spy|Dummy)|\b(?:instanceof\s+|isinstance\([^,\n]+,\s*|\.\(\*?)(?:\w+\.)?(?:fake|mock|stub|spy)[A-Z_]?\w*|\bisMockFunction\b|\b_isMockFunction\b|\bhasattr\([^,\n]+,\s*['"](?:assert_called\w*|mock_calls|_mock\w*)/i,
    what: 'asks whether it was given a stand-in of a test',
  },
  {
    kind: 'acts_otherwise_under_test',
    places: ['product'],
    pattern:
      /\bprocess\.report\b|\bsys\.orig_argv\b|\/proc\/[^'"`\n]*\/(?:cmdline|environ)\b|\bfilepath\.Ext\(\s*os\.Args\[0\]|\bCommandLine\.Lookup\(\s*"test\.|['"]__main__['"][^\n]*\b(?:__spec__|__file__)\b|\b__main__\.(?:__spec__|__file__)\b/,
    what: 'looks at how its process was started',
  },
  {
    kind: 'acts_otherwise_under_test',
    places: ['product', 'tests', 'scripts'],
    pattern: /\bObject\.is\s*=(?![=>])|\$\$jest-matchers-object|\bObject\.prototype\.\w+\s*=(?![=>])/,
    what: 'alters what tests compare with',
  },
  {
    kind: 'error_swallowed',
    places: ['product', 'tests'],
    pattern:
      /\bcatch\s*(?:\([^)]*\))?\s*\{\s*\}|\.catch\(\s*(?:\(\s*\w*\s*\)|\w+)\s*=>\s*(?:\{\s*\}|(?:[^\n;=>{}]*(?:\?\?|\|\|)\s*)?(?:undefined|null|void 0|true|false|-?\d[\d_.]*|''|""|\[\]|\(\{\}\)))\s*\)|\.catch\(\s*noop\s*\)|\bexcept\b[^:]*:\s*(?:pass|\.\.\.)\s*$|\bcontextlib\.suppress\(\s*(?:Base)?Exception\b|\bsuppress\(\s*(?:Base)?Exception\b|\brescue\s*(?:=>\s*\w+|StandardError|Exception)?\s*;?\s*(?:nil\b|end\b)|\brescue\s+nil\b|\.on\(\s*['"](?:uncaughtException|unhandledRejection)['"]|\brecover\(\)\s*(?:\}|$)|catch_unwind\(|set_unhandled_exception|sys\.excepthook\s*=|\berrors\s*=\s*['"](?:ignore|replace)['"]|\bfatal\s*:\s*false\b/,
    what: 'drops an error without handling it',
  },
  {
    kind: 'exit_in_test',
    places: ['tests'],
    pattern:
      /\bprocess\.(?:exit|reallyExit|abort|kill)\s*\(|\bprocess\.exitCode\s*=|\bos\._exit\s*\(|\bsys\.exit\s*\(|(?<![\w.])(?:exit|quit)\s*\(\s*0?\s*\)|\bos\.Exit\s*\(|\bprocess::exit\s*\(|\bSystem\.exit\s*\(|\bRuntime\.getRuntime\(\)\.halt|\bpytest\.exit\s*\(|\bExitProcess\b|\bEnvironment\.Exit\s*\(|\bexit!?\s*\(?0\)?\s*$|\bDeno\.exit\s*\(/,
    except:
      /\bos\.Exit\(\s*m\.Run\(\)\s*\)|\bsys\.exit\(\s*(?:unittest|pytest|main)\b|(?:os\.Exit|exit)\(\s*code\s*\)/,
    what: 'ends the process of the tests',
  },
  {
    kind: 'exit_in_test',
    places: ['product', 'tests', 'scripts'],
    pattern:
      /\bprocess\.(?:once|on)\(\s*['"](?:exit|beforeExit)['"][^\n]*(?:exitCode|process\.exit|reallyExit)|\batexit\.register\([^)]*_exit|\bprocess\.exit\s*=|\bprocess\.reallyExit\s*=|\bsys\.exit\s*=|\bos\._exit\s*=|\bsession\.exitstatus\s*=|\bexitstatus\s*=\s*0|\bpytest_sessionfinish\b[^\n]*0|\btestsfailed\s*=\s*0|\b(?:outcome|wasSuccessful)\s*=\s*(?:["']passed|lambda)/,
    what: 'changes how a run ends',
  },
  {
    kind: 'exit_in_test',
    places: ['product', 'tests', 'scripts'],
    pattern: /\breallyExit\b|\bremoveAllListeners\(\s*['"](?:exit|beforeExit)['"]|['"]-test\.run\b/,
    what: 'ends a run where nobody hears it, or alters what it was asked to run',
  },
  {
    kind: 'result_ignored',
    places: ['scripts'],
    pattern:
      /\|\|\s*(?:true|:|exit\s+0|echo\b|node -e ['"]?['"]?\s|cd \.)|;\s*(?:true|exit\s+0|:)\s*(?:["',]|$)|&\s*(?:true|exit\s+0)\s*["']|^\s*set\s+\+e\b|^\t-@?\w|^\t@?-\w|^\.IGNORE\b|^\s*\.?SHELL(?:FLAGS)?\s*[:?]?=|^MAKEFLAGS\s*[:+?]?=.*(?:-i|--ignore-errors|-k|-n)|\bmake\s+-[a-z]*[in]\b|\bscript-shell\s*=|\bcontinue-on-error\s*:\s*true|\ballow_failure\s*:\s*true|\btestFailureIgnore\b|\bignoreFailures\s*=\s*true|\bfailOnViolation\s*[>=]?\s*false|\bfailsOnError\s*>?\s*false|\bdangerouslyIgnoreUnhandledErrors\b|--(?:exit-zero|passWithNoTests|pass-with-no-tests|no-errors?-on-unmatched-pattern|force-exit|suppress-no-test-exit-code|quiet-failures)\b|\bpassWithNoTests\b|\bskipTests\b|\bmaven\.test\.(?:skip|failure\.ignore)|\bskip(?:ITs)?\s*>\s*true|\benabled\s*=\s*false|--if-present\b|\btrap\s+['"]?exit 0|\btrap\s+['"][^'"]*exit 0/,
    what: 'ignores how a check ended',
  },
  {
    kind: 'test_skipped',
    places: ['tests'],
    pattern:
      /\b(?:it|test|specify|describe)\.(?:fails|failing)\b|\bexpectedFailure\b|\bmark\.xfail\b|\bpytest\.(?:xfail|importorskip)\(|\bjest\.(?:failing|todo)\b/,
    what: 'expects a test to fail, or runs it only if something is there',
  },
  {
    kind: 'result_ignored',
    places: ['tests', 'scripts'],
    pattern:
      /^\s*(?:async\s+)?to(?:Be|Equal|StrictEqual|HaveBeenCalled\w*|HaveLength|HaveProperty|Throw\w*|Contain\w*|Match\w*)\s*(?:\(\s*\w+\s*[:,)][^\n]*\{\s*$|:\s*(?:async\s*)?(?:function\b|\())|\baddEqualityTesters\(|\baddSnapshotSerializer\(|\bexpect\.extend\(\s*\{[^}\n]*\bto(?:Be|Equal|StrictEqual|MatchObject)\b|\bassert(?:\.strict)?(?:\.\w+|\[[^\]\n]+\])\s*=(?![=>])|\bObject\.(?:assign|defineProperty)\(\s*(?:assert|expect)\b|\bunittest\.(?:TestCase|TestResult)\.\w+\s*=(?!=)|\bsetattr\(\s*(?:unittest|builtins)\b|\bdef (?:assert(?:Equals?|NotEqual|True|False|Is\w*|In|NotIn|Raises\w*|Regex|Dict\w*|List\w*|Count\w*|Almost\w*|MultiLine\w*)|fail)\(self\b/,
    what: 'alters what tests compare with',
  },
  {
    kind: 'result_ignored',
    places: ['tests', 'scripts'],
    pattern: /^(?:\s*|.*\b(?:test|check)\b.*)(?:\bdone\s*\|\s*\w|\|\s*tee\b)/,
    except: /pipefail|PIPESTATUS/,
    what: 'loses how the first part of a pipe ends',
  },
  {
    kind: 'result_ignored',
    places: ['tests'],
    pattern: /^\s*[^#\n]*\|\s*while\s+(?:IFS=\S*\s+)?read\b/,
    what: 'runs a loop in a pipe, and loses what it counts',
  },
  {
    kind: 'result_ignored',
    places: ['tests'],
    pattern:
      /\b(?:expected|want\w*|golden|snapshot|approved|out)\w*\.write_(?:text|bytes)\(|\b(?:writeFile(?:Sync)?|WriteFile|fs::write)\(\s*\w*(?:expected|want|golden|snapshot|approved)\w*|"update",\s*true\b|\bupdate\w*\s*[:=]\s*(?:true|True)\b|--(?:snapshot-)?update(?:-snapshots?)?\b/,
    what: 'writes what it compares with',
  },
  {
    kind: 'result_ignored',
    places: ['scripts'],
    pattern:
      /--(?:collect-only|co|list-tests|listTests|dry-run|help|version|no-run|list|showConfig|init|print-config|setup-only|setup-plan|cache-show)\b|\bgo\s+(?:test\s+[^\n]*-(?:run\s+['"]?(?:\^?\$|NONE|XXX)|list\b|c\b)|vet\b[^\n]*\|\|)|\btsc\b[^\n]*--(?:noCheck|showConfig|version)|"test[\w:-]*"\s*:\s*"\s*(?:echo\b[^&|;]*|true|:|exit 0|node -e[^&|;]*)\s*"/,
    what: 'lists or prints instead of running the check',
  },
];
