// The last resort: diagnostics of unknown tools, recognised by their format and the purpose of the command.
import { precedence, type Rule } from '../match/rule.ts';
import { brokenContract, failedTest, lintFinding, missing, refusedText } from '../verdicts.ts';

const { shape } = precedence;

/** `file:line:column: message`, `file(line,column): message`, `file:line: message`. */
const place = String.raw`(?:\[?(?:error|ERROR|warning|E|W)\]?:? )?(?<file>(?!https?:|node:|at )[^\s:(][^:(\n]{0,250}\.[A-Za-z]\w{0,9})(?::(?<line>\d{1,6})(?::(?<column>\d{1,5}))?(?::| -|\s)|\((?<line2>\d{1,6})(?:,(?<column2>\d{1,5}))?\))\s?\S`;
const complaint =
  'rror|ERROR|arning|xpected|nvalid|undefined|issing|not found|unused|should |must |cannot |fail|syntax';

export const shapeRules: readonly Rule[] = [
  {
    id: 'shape.manifest',
    is: refusedText,
    precedence: precedence.compile - 30,
    line: /[Ii]nvalid TOML|TOML parse error|not contain valid JSON|error parsing `|is not valid (?:JSON|YAML)|[Ii]nvalid YAML|TOMLDecodeError|(?:[Ff]ailed to|[Cc]ould not|Unable to) parse .{0,200}(?:\.(?:toml|json|ya?ml|xml|lock|cfg|ini)|(?:Gem|Pip)file)\b/,
    near: [
      /^ {0,4}#? {0,4}from (?<file>\S{1,250}):(?<line>\d{1,6})$/,
      /[`"'](?<file>[^`"'\s]{1,250}\.(?:json|toml|ya?ml|lock))[`"'] does not contain valid/,
      /Parse error on line (?<line>\d{1,6})/,
    ],
    purposes: ['install', 'compile', 'test'],
    from: 'bundler, poetry, composer, uv, cargo',
    sample: "Invalid TOML file pyproject.toml: Unexpected character: '\\n' at line 1 col 12",
    sampleCommand: 'poetry install',
    reads: { file: 'pyproject.toml', line: 1, column: 12 },
  },
  {
    id: 'shape.schema',
    is: brokenContract,
    precedence: precedence.contract - 20,
    line: /does not match the (?:expected )?(?:JSON )?schema|[Ss]chema validation failed/,
    purposes: ['install', 'contract', 'compile', 'lint', 'provider'],
    from: 'composer and others',
    sample: '  "./composer.json" does not match the expected JSON schema:',
    sampleCommand: 'composer validate',
  },
  {
    id: 'shape.syntax',
    is: refusedText,
    precedence: precedence.crash + 10,
    line: /^(?!.{0,300}(?:JSON|json|\bsyntax of\b)|jq: |parse error: )(?:.{0,200}[\s:(])?(?:[Ss]yntax ?[Ee]rror|Parse ?[Ee]rror|[Pp]arse error|[Uu]nexpected (?:token|symbol|end of|character|indent|keyword|EOF|string constant|input)|[Uu]nterminated (?:string|comment|list|template))/,
    near: [
      /^(?:\w{0,40}(?:Error|Exception): )?(?<file>(?!node:|stdin)[\w@./+-]{1,250}\.\w{1,8}):(?<line>\d{1,6}):(?<column>\d{1,5})$/,
    ],
    purposes: ['compile', 'test', 'install'],
    unless: 'JSON.parse',
    from: 'interpreters and template engines',
    sample: 'Error: unexpected symbol in:',
  },
  {
    id: 'shape.lint',
    is: lintFinding,
    precedence: shape,
    line: new RegExp(`^(?=.*(?:${complaint}))${place}`),
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
    line: /^(?:\[?(?:error|ERROR|Error|E)\]?:? )?(?<file>(?!https?:|node:|at )[^\s:(][^:(\n]{0,250}\.[A-Za-z]\w{0,9})(?::(?<line>\d{1,6})(?::(?<column>\d{1,5}))?(?::| -)?|\((?<line2>\d{1,6})(?:,(?<column2>\d{1,5}))?\):?)\s(?:.{0,60}\b)?(?:[Ee]rror|ERROR|expected|[Uu]nexpected|[Ss]yntax)/,
    purposes: ['compile'],
    from: 'a compiler that is not known',
    sample: 'a.foo:3:1: error: expected an expression',
    reads: { file: 'a.foo', line: 3, column: 1 },
  },
  {
    id: 'shape.contract',
    is: brokenContract,
    precedence: shape,
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
    line: /(?:^|\s)['"`‘]?(?<package>[@\w./+-]{2,80})['"`’]? (?:is|are) not installed|[Pp]lease install ['"`‘]?(?<package2>[@\w./+-]{2,80}\w)|[Mm]issing dependency:? ['"`‘]?(?<package3>[@\w./+-]{2,80}\w)|[Nn]o such module:? ['"`‘]?(?<package4>[@\w./+-]{2,80}\w)/,
    from: 'any tool',
    sample: 'error: graphviz is not installed',
    reads: { package: 'graphviz' },
  },
];
