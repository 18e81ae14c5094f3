// Perl: syntax, modules, tests.
import { precedence, type Rule } from '../../match/rule.ts';
import { failedTest, lintFinding, missing, refusedText } from '../../verdicts.ts';

const { compile, dependency, lint, test } = precedence;

export const perlRules: readonly Rule[] = [
  {
    id: 'perl.module-missing',
    is: missing,
    precedence: dependency,
    line: /^(?:#.{0,20})?Can't locate (?:\w+(?:\/\w+)*\.pm in @INC \(you may need to install the (?<package2>[\w:]{1,120}) module\)|(?<package>\w+(?:\/\w+)*)\.pm in @INC)/,
    near: [/ at (?<file>\S{1,250}) line (?<line>\d{1,6})\.$/],
    from: 'perl',
    sample:
      "Can't locate Moose/Nope.pm in @INC (you may need to install the Moose::Nope module) at a.pl line 1.",
    reads: { package: 'Moose::Nope', file: 'a.pl', line: 1 },
  },
  {
    id: 'perl.syntax',
    is: refusedText,
    precedence: compile,
    line: /^(?:syntax error|Global symbol ".{1,80}" requires explicit package name.{0,80}|Missing right curly.{0,60}|Bareword ".{1,60}" not allowed.{0,60}|Can't find string terminator.{0,60}) at (?<file>\S{1,250}) line (?<line>\d{1,6})|had compilation errors/,
    from: 'perl -c',
    sample: 'syntax error at a.pl line 3, near "my "',
    reads: { file: 'a.pl', line: 3 },
  },
  {
    id: 'prove.failed',
    is: failedTest,
    precedence: test,
    line: /^#\s{3}Failed test(?: '(?<test>[^']{1,200})')?|^Result: FAIL|^Test Summary Report/,
    near: [
      /^#\s{3}Failed test '(?<test>[^']{1,200})'/,
      /^# {3}(?:Failed test )?at (?<file>\S{1,250}) line (?<line>\d{1,6})\./,
      /^(?<file>\S{1,200}\.t) +\(Wstat/,
    ],
    from: 'prove, Test::More',
    sample: "#   Failed test 'count matches'",
    reads: { testNames: ['count matches'] },
  },
  {
    id: 'perlcritic.finding',
    is: lintFinding,
    precedence: lint,
    line: /^.{1,300} at line (?<line>\d{1,6}), column (?<column>\d{1,5})\. {2}.{0,200}\(Severity: \d\)/,
    from: 'perlcritic',
    sample: 'Code before strictures are enabled at line 1, column 1.  See page 429 of PBP.  (Severity: 5)',
    reads: { line: 1, column: 1 },
  },
];
