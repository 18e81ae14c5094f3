// PHP: syntax, tests, linters, composer.
import { precedence, type Rule } from '../../match/rule.ts';
import {
  failedTest,
  lintFinding,
  missing,
  noTests,
  refusedText,
  registryAway,
  unexplained,
} from '../../verdicts.ts';

const { compile, crash, dependency, lint, test } = precedence;

export const phpRules: readonly Rule[] = [
  {
    id: 'php.class-missing',
    is: missing,
    precedence: dependency - 10,
    line: /Failed opening required '[^']{0,200}vendor\/autoload\.php'|Composer detected issues in your platform|Call to undefined function (?<package>mb_\w+|curl_\w+|simplexml_\w+|gd_\w+|imagecreate\w*|pg_connect|mysqli_connect)|requires the "(?<package2>[\w, "]+)" extensions?/,
    from: 'php, phpunit',
    sample:
      "PHP Fatal error:  Uncaught Error: Failed opening required '/app/vendor/autoload.php' (include_path='.:/usr/share/php')",
  },
  {
    id: 'composer.unsolvable',
    is: missing,
    precedence: dependency,
    line: /Your requirements could not be resolved|Your lock file does not contain a compatible set|Could not find (?:a matching version of |a version of )?package (?<package>[\w./-]+)|Required package "(?<package2>[\w./-]+)" is not present in the lock file|Root composer\.json requires (?<package3>[\w./-]+),? .{0,120}(?:could not be found|not found)/,
    near: [/requires (?:PHP extension )?(?<package>(?:ext-)?[\w-]+(?:\/[\w.-]+)?)[, ]/],
    from: 'composer',
    sample:
      '    - Root composer.json requires acme/nope, it could not be found in any version, there may be a typo in the package name.',
    reads: { package: 'acme/nope' },
  },
  {
    id: 'composer.registry-away',
    is: registryAway,
    precedence: dependency + 2,
    line: /file could not be downloaded.{0,40}|curl error (?:6|7|35|56) while downloading/,
    unless: 'curl error 28',
    from: 'composer',
    sample:
      'curl error 7 while downloading http://127.0.0.1:1/packages.json: Failed to connect to 127.0.0.1 port 1',
  },
  {
    id: 'php.syntax',
    is: refusedText,
    precedence: compile,
    line: /(?:PHP )?Parse error: .{1,300} in (?<file>\S{1,250}) on line (?<line>\d{1,6})|^ParseError: syntax error|Errors parsing (?<file2>\S{1,250})/,
    from: 'php -l',
    sample: 'PHP Parse error:  syntax error, unexpected token "}" in a.php on line 3',
    reads: { file: 'a.php', line: 3 },
  },
  {
    id: 'phpunit.failed',
    is: failedTest,
    precedence: test + 1,
    line: /^\d{1,5}\) [\w\\]{1,200}::(?<test>\w{1,200})(?: with data set .{1,120})?$|^(?:FAILURES|ERRORS)!$|^ {2}Tests: +\d+ failed/,
    near: [
      /^\d{1,5}\) (?:[\w\\]{1,200})::(?<test>\w{1,200})(?: with data set .{1,120})?$/,
      /^(?<file>\/?[^\s:]{1,250}\.php):(?<line>\d{1,6})$/,
      /^ {2}⨯ (?<test>\S.{0,160}?)(?: {2,}[\d.]+s)?\s*$/,
      /^\s+at (?<file>\S{1,200}\.php):(?<line>\d{1,6})$/,
    ],
    also: 'ssertions',
    from: 'phpunit, pest',
    sample: 'FAILURES!\nTests: 1, Assertions: 1, Failures: 1.',
  },
  {
    id: 'phpunit.none',
    is: noTests,
    precedence: test + 2,
    line: /^No tests executed!|INFO {2}No tests found\./,
    from: 'phpunit, pest',
    sample: 'No tests executed!',
  },
  {
    id: 'phpstan.finding',
    is: refusedText,
    precedence: lint + 1,
    line: /^ *\[ERROR\] Found \d+ errors?|^ERROR: (?<code>[A-Z]\w+) - (?<file>[^\s:]{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5}) -/,
    near: [
      /^ {1,3}Line +(?<file>\S{1,250}\.php)/,
      /^ {2}:?(?<line>\d{1,6}) {2,}\S/,
      /🪪 {1,2}(?<code>[\w.]{3,60})/,
    ],
    from: 'phpstan, psalm',
    sample: 'ERROR: InvalidReturnType - src/a.php:3:21 - The declared return type is incorrect',
    reads: { errorCode: 'InvalidReturnType', file: 'src/a.php', line: 3, column: 21 },
  },
  {
    id: 'phpcs.finding',
    is: lintFinding,
    precedence: lint,
    line: /^FOUND \d+ ERRORS?|^\s*(?<line>\d{1,6}) \| (?:ERROR|WARNING)|^Found \d+ of \d+ files? that can be fixed/,
    near: [
      /^\s{0,6}(?<line>\d{1,6}) \| (?:ERROR|WARNING) /,
      /^FILE: (?<file>\S.{0,250})$/,
      /^ {3}\d+\) (?<file>\S{1,250})/,
    ],
    from: 'phpcs, php-cs-fixer',
    sample: 'FOUND 2 ERRORS AFFECTING 1 LINE',
  },
  {
    id: 'php.compile-time',
    is: refusedText,
    precedence: compile,
    line: /Fatal error: {1,2}(?!Uncaught )(?:Trait "[^"]{1,160}" not found|(?:Class|Enum|Interface|Trait|Anonymous class) \S.{0,120}(?:contains \d{1,4} abstract|cannot (?:extend|implement|use|inherit|be)|may not|must (?:be|implement))|Cannot (?:redeclare|declare|use|re-assign|override|make|inherit|unset|access|assign|pass|combine|mix|increment|reassign)|Declaration of |Access level to |Non-(?:abstract|static) |Abstract function |Interface function |(?:Constructor|Method|Property|Constant|Function|Duplicate|Redefinition|Namespace|Only variables|Default value|Multiple|Private methods|Type |Void|A void|A never|Unsupported|'(?:break|continue|goto)'|Enum case|Case |Readonly|Trait method|strict_types|The |Undefined (?:class )?constant)).{0,300} in (?<file>\S{1,250}) on line (?<line>\d{1,6})/,
    unless: 'Uncaught ',
    from: 'php: what the compiler refuses after parsing',
    sample:
      'PHP Fatal error:  Cannot redeclare acme_sum() (previously declared in /app/a.php:3) in b.php on line 7',
    reads: { file: 'b.php', line: 7 },
  },
  {
    id: 'php.crash',
    is: unexplained.crash,
    precedence: crash,
    line: /^(?:PHP )?Fatal error: {1,2}.{1,300}(?: in (?<file>\S{1,250}?)(?: on line |:)(?<line>\d{1,6}))/,
    from: 'php',
    sample:
      'PHP Fatal error:  Uncaught TypeError: strlen(): Argument #1 must be of type string in /app/a.php:3',
  },
];
