// Linters and sanitizers of C and C++.
import { precedence, type Rule } from '../../match/rule.ts';
import { lintFinding, unexplained } from '../../verdicts.ts';

const { compile, crash, lint } = precedence;

export const cLintRules: readonly Rule[] = [
  {
    id: 'clang-tidy.finding',
    is: lintFinding,
    precedence: compile + 3,
    line: /^(?<file>[^\s:][^:\n]{0,250}\.(?:c|cc|cpp|cxx|c\+\+|h|hh|hpp|hxx|m|mm|cu|inl)):(?<line>\d{1,6}):(?:(?<column>\d{1,5}):)? (?:warning|error|style|performance|portability|information): .{1,400} \[(?<code>(?!-W(?!clang-format))[\w.-]{3,100})(?:,-warnings-as-errors|,[\w.,-]{3,100})?\]$/,
    purposes: ['lint', 'git'],
    from: 'clang-tidy, clang-format, cppcheck',
    sample: 'a.c:1:4: error: code should be clang-formatted [-Wclang-format-violations]',
    reads: { file: 'a.c', line: 1, column: 4 },
  },
  {
    id: 'clang-format.finding',
    is: lintFinding,
    precedence: compile + 3,
    line: /^(?<file>[^\s:][^:\n]{0,250}):(?<line>\d{1,6}):(?<column>\d{1,5}): (?:error|warning): code should be clang-formatted \[(?<code>-Wclang-format-violations)\]/,
    from: 'clang-format',
    sample: 'a.c:1:4: warning: code should be clang-formatted [-Wclang-format-violations]',
    reads: { file: 'a.c', line: 1, column: 4 },
  },
  {
    id: 'cpplint.finding',
    is: lintFinding,
    precedence: lint,
    line: /^(?<file>[^\s:]{1,250}):(?<line>\d{1,6}): {2}.{1,300} {2}\[(?<code>[\w/+]+)\] \[\d\]$|^Total errors found: [1-9]/,
    from: 'cpplint',
    sample: 'a.cpp:1:  Missing space before {  [whitespace/braces] [5]',
    reads: { file: 'a.cpp', line: 1, errorCode: 'whitespace/braces' },
  },
  {
    id: 'sanitizer.report',
    is: unexplained.crash,
    precedence: crash + 10,
    line: /(?:ERROR|WARNING): (?:Address|Leak|Thread|Memory)Sanitizer|: runtime error: |Segmentation fault/,
    from: 'sanitizers, sh',
    sample: '==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010',
  },
];
