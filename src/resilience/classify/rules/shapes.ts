// The last: diagnostics of tools that nobody here knows, by their shape and by what the command was for.
import { precedence, type Rule } from '../rule.ts';
import { brokenContract, failedTest, lintFinding, missing, refusedText } from '../verdicts.ts';

const { shape } = precedence;

/** `file:line:column: message`, `file(line,column): message`, `file:line: message`. */
const place =
  /^(?:\[?(?:error|ERROR|warning|E|W)\]?:? )?(?<file>(?!https?:|node:|at )[^\s:(][^:(\n]{0,250}\.\w{1,10})(?::(?<line>\d{1,6})(?::(?<column>\d{1,5}))?(?::| -|\s)|\((?<line2>\d{1,6})(?:,(?<column2>\d{1,5}))?\))\s?\S/;
const literals = [
  'rror',
  'ERROR',
  'arning',
  'xpected',
  'nexpected',
  'nvalid',
  'undefined',
  'issing',
  'not found',
  'unused',
  'should ',
  'must ',
  'cannot ',
  'fail',
  'syntax',
];

export const shapeRules: readonly Rule[] = [
  {
    id: 'shape.lint',
    is: lintFinding,
    precedence: shape,
    has: literals,
    line: place,
    purposes: ['lint'],
    from: 'a linter that is not known',
    sample: 'a.toml:3:1: error: keys should be sorted',
    sampleCommand: 'taplo lint',
    reads: { file: 'a.toml', line: 3, column: 1 },
  },
  {
    id: 'shape.compile',
    is: refusedText,
    precedence: shape - 1,
    has: ['rror:', 'rror ', 'ERROR', 'xpected', 'yntax'],
    line: /^(?:\[?(?:error|ERROR|Error|E)\]?:? )?(?<file>(?!https?:|node:|at )[^\s:(][^:(\n]{0,250}\.\w{1,10})(?::(?<line>\d{1,6})(?::(?<column>\d{1,5}))?(?::| -)?|\((?<line2>\d{1,6})(?:,(?<column2>\d{1,5}))?\):?)\s(?:.{0,60}\b)?(?:[Ee]rror|ERROR|expected|[Uu]nexpected|[Ss]yntax)/,
    purposes: ['compile'],
    from: 'a compiler that is not known',
    sample: 'a.foo:3:1: error: expected an expression',
    reads: { file: 'a.foo', line: 3, column: 1 },
  },
  {
    id: 'shape.contract',
    is: brokenContract,
    precedence: shape,
    has: literals,
    line: /(?:[Ii]nvalid|[Ii]ncompatible|[Bb]reaking|does not match|not conform|violat|is required|mismatch)/,
    purposes: ['contract'],
    from: 'a checker of contracts that is not known',
    sample: 'instance does not match schema: a missing',
    sampleCommand: 'npx ajv validate',
  },
  {
    id: 'shape.test',
    is: failedTest,
    precedence: shape + 1,
    has: [
      'AssertionError',
      'Assertion failed',
      'assertion failed',
      'Assertion `',
      ' failed',
      'FAILED',
      'FAIL ',
      'Expected',
      'expected',
    ],
    line: /AssertionError|[Aa]ssertion (?:.{0,200}' )?failed|\b[1-9]\d* (?:tests? |specs? |scenarios? |checks? )?(?:failed|failures?|failing)\b|\bFAILED?\b|^\s*[Ee]xpected:? /,
    purposes: ['test'],
    from: 'a test runner that is not known',
    sample: "a.out: t.c:3: main: Assertion `1 == 2' failed.",
    sampleCommand: 'make check',
  },
  {
    id: 'shape.missing',
    is: missing,
    precedence: shape + 2,
    has: [
      'is not installed',
      'not installed',
      'No such module',
      'could not be found',
      'Could not find',
      'cannot find',
      'missing dependency',
      'Please install',
      'please install',
      'Missing dependency',
      'Cannot find',
    ],
    line: /(?:^|\s)['"`‘]?(?<package>[@\w./+-]{2,80})['"`’]? (?:is|are) not installed|[Pp]lease install ['"`‘]?(?<package2>[@\w./+-]{2,80}\w)|[Mm]issing dependency:? ['"`‘]?(?<package3>[@\w./+-]{2,80}\w)|[Nn]o such module:? ['"`‘]?(?<package4>[@\w./+-]{2,80}\w)/,
    from: 'any tool',
    sample: 'error: graphviz is not installed',
    reads: { package: 'graphviz' },
  },
];
