// C#, F#, Visual Basic: compilers, MSBuild, tests, NuGet.
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
const at = String.raw`^\s*(?<file>[^\s(][^(\n]{0,250})\((?<line>\d{1,6}),(?<column>\d{1,5})(?:,\d+,\d+)?\): error `;

export const dotnetRules: readonly Rule[] = [
  {
    id: 'csc.package-missing',
    is: missing,
    precedence: dependency,
    line: new RegExp(
      `${at}(?<code>CS0246|CS0234|CS0012): .{0,60}(?:namespace name|type) '(?<package>\\w+)'.{0,120}(?:are you missing|assembly)`,
    ),
    also: 'are you missing an assembly reference',
    from: 'csc',
    sample:
      "A.cs(1,7): error CS0246: The type or namespace name 'Newtonsoft' could not be found (are you missing a using directive or an assembly reference?)\nare you missing an assembly reference",
    reads: { file: 'A.cs', line: 1, column: 7, errorCode: 'CS0246', package: 'Newtonsoft' },
  },
  {
    id: 'nuget.unsolvable',
    is: missing,
    precedence: dependency,
    line: /^(?:(?<file>\S{1,250}\.\w{2}proj) : )?.{0,200}?error (?<code>NU1(?:10[0-9]|20\d|605|403|004)|NETSDK1(?:045|004|047|141|147)|MSB4236|MSB4019|MSB3644)\b(?:: Unable to find package (?<package>[\w.-]*\w))?|compatible \.NET SDK was not found|You must install or update \.NET|Could not execute because the specified command or file was not found/,
    unless: 'NU1301',
    from: 'nuget, dotnet',
    sample:
      '/app/a.csproj : error NU1101: Unable to find package Acme.Nope. No packages exist with this id in source(s): nuget',
    reads: { errorCode: 'NU1101', package: 'Acme.Nope' },
  },
  {
    id: 'nuget.registry-away',
    is: registryAway,
    precedence: dependency + 2,
    line: /error (?<code>NU1301): /,
    from: 'nuget',
    sample:
      '/app/a.csproj : error NU1301: Unable to load the service index for source http://127.0.0.1:1/v3/index.json.',
    reads: { errorCode: 'NU1301' },
  },
  {
    id: 'csc.style',
    is: lintFinding,
    precedence: compile + 2,
    line: new RegExp(
      `${at}(?<code>IDE\\d{4}|CA\\d{4}|SA\\d{4}|WHITESPACE|FINALNEWLINE|IMPORTS|ENDOFLINE|CHARSET): `,
    ),
    from: 'dotnet format, analyzers',
    sample:
      "/app/A.cs(1,10): error WHITESPACE: Fix whitespace formatting. Replace 2 characters with '\\n'. [/app/a.csproj]",
    reads: { file: '/app/A.cs', line: 1, column: 10, errorCode: 'WHITESPACE' },
  },
  {
    id: 'csc.diagnostic',
    is: refusedText,
    precedence: compile,
    line: new RegExp(`${at}(?<code>(?:CS|FS|BC|RZ|MC)\\d{3,5}): `),
    from: 'csc, fsc, vbc, mcs',
    sample: 'Program.cs(3,5): error CS1002: ; expected [/app/a.csproj]',
    reads: { file: 'Program.cs', line: 3, column: 5, errorCode: 'CS1002' },
  },
  {
    id: 'msbuild.error',
    is: refusedText,
    precedence: compile - 5,
    line: /(?:^|\s)(?:MSBUILD : )?error (?<code>(?:MSB|CS)\d{4}): |^Build FAILED\./,
    from: 'msbuild',
    sample: 'MSBUILD : error MSB1003: Specify a project or solution file.',
    reads: { errorCode: 'MSB1003' },
  },
  {
    id: 'dotnet-test.failed',
    is: failedTest,
    precedence: test,
    line: /^\s*Failed! {2}- Failed: +[1-9]|\[FAIL\]$|^ {2}Failed (?:[\w.]+\.)?(?<test>\w+)(?:\([^)]{0,200}\))? \[|^Test Run Failed\.|Overall result: Failed/,
    near: [
      /^ {2}Failed (?:[\w.]+\.)?(?<test>\w+)(?:\([^)]{0,200}\))? \[/,
      /^\[xUnit[^\]]{1,40}\] {4,6}(?:[\w.]+\.)?(?<test>\w+)(?:\(.{0,200}\))? \[FAIL\]$/,
      /^\d+\) (?:Failed|Error) : (?:[\w.]+\.)?(?<test>\w+)$/,
      / in (?<file>\S{1,250}\.(?:cs|fs|vb)):line (?<line>\d{1,6})/,
    ],
    from: 'dotnet test, xunit, nunit',
    sample: 'Failed!  - Failed:     1, Passed:     0, Skipped:     0, Total:     1, Duration: 3 ms',
  },
  {
    id: 'dotnet-test.none',
    is: noTests,
    precedence: test,
    line: /No test is available in|No test matches the given testcase filter/,
    from: 'dotnet test',
    sample:
      'No test is available in /app/bin/a.dll. Make sure that test discoverer & executors are registered',
  },
  {
    id: 'dotnet-format.finding',
    is: lintFinding,
    precedence: lint,
    line: /^\s*Formatted code file '(?<file>[^']{1,250})'/,
    command: /dotnet format/,
    from: 'dotnet format',
    sample: "  Formatted code file 'A.cs'.",
    sampleCommand: 'dotnet format --verify-no-changes',
    reads: { file: 'A.cs' },
  },
  {
    id: 'dotnet.crash',
    is: unexplained.crash,
    precedence: crash,
    line: /^Unhandled exception\. /,
    from: 'dotnet',
    sample:
      'Unhandled exception. System.NullReferenceException: Object reference not set to an instance of an object.',
  },
];
