// ESLint, and tools with the same output format.
import { precedence, type Rule } from '../../match/rule.ts';
import { lintFinding, lintSettings, missing } from '../../verdicts.ts';

const { dependency, lint } = precedence;

/** The name of the file, above its findings. */
const heading = /^(?<file>(?:\/|\.{0,2}\/|[A-Za-z]:\\)?[\w@.+\\/-]+\.\w{1,8})$/;

export const eslintRules: readonly Rule[] = [
  {
    id: 'eslint.plugin-missing',
    is: missing,
    precedence: dependency + 1,
    line: /ESLint couldn't find the (?:plugin|config) "(?<package>[^"]{1,100})"|Failed to load (?:plugin|parser) '(?<package2>[^']{1,100})'|Failed to load config "(?<package3>[^"]{1,100})"|Could not find (?:plugin )?"(?<package4>[^"./][^"]{0,100})"(?! in plugin)|\[error\] Cannot find (?:package|module) '(?<package5>[^'./][^']{0,100})'/,
    purposes: ['lint', 'git'],
    from: 'eslint, stylelint, prettier',
    sample: 'ESLint couldn\'t find the plugin "eslint-plugin-react".',
    reads: { package: 'eslint-plugin-react' },
  },
  {
    id: 'eslint.config',
    is: lintSettings,
    precedence: lint + 10,
    line: /ESLint couldn't find an? (?:eslint\.config|configuration)|ESLint configuration in .{1,200} is invalid|^ConfigError: |^(?:Error|TypeError): .{0,200}(?:Key "\w+"|Unexpected key|[Ii]nvalid config|[Aa] config object|Config \(unnamed\)|parsing configuration|Could not find "\S+" in plugin)|^Invalid Options:|Unexpected (?:top-level property|key) "|A configuration object specifies rule|\[error\] Invalid configuration|^(?:ConfigurationError|Error): (?:No configuration provided|Unknown rule)|Could not find config file/,
    unless: 'cannot be found. Make sure',
    purposes: ['lint'],
    from: 'eslint, stylelint, prettier',
    sample: "ESLint couldn't find an eslint.config.(js|mjs|cjs) file.",
  },
  {
    id: 'eslint.stylish',
    is: lintFinding,
    precedence: lint,
    line: /^\s{1,6}(?<line>\d{1,6}):(?<column>\d{1,5})\s{1,6}(?:error|✖|×)\s{1,4}.{1,400}?\s{2,}(?<code>@?[a-z][\w-]*(?:\/[\w/-]+)*)\s*$/,
    near: [heading],
    nearest: 'before',
    from: 'eslint, stylelint',
    sample: "  1:7  error  'x' is assigned a value but never used  no-unused-vars",
    reads: { line: 1, column: 7, errorCode: 'no-unused-vars' },
  },
  {
    id: 'eslint.stylish-warning',
    is: lintFinding,
    precedence: lint - 2,
    line: /^\s{1,6}(?<line>\d{1,6}):(?<column>\d{1,5})\s{1,6}(?:warning|⚠)\s{1,4}.{1,400}?\s{2,}(?<code>@?[a-z][\w-]*(?:\/[\w/-]+)*)\s*$/,
    near: [heading],
    nearest: 'before',
    from: 'eslint, stylelint',
    sample: "  1:7  warning  'x' is assigned a value but never used  no-unused-vars",
    reads: { line: 1, column: 7, errorCode: 'no-unused-vars' },
  },
  {
    id: 'eslint.problems',
    is: lintFinding,
    precedence: lint - 5,
    line: /^[✖×x] \d+ problems?\b|^\d+ problems? \(|ESLint found too many warnings|^\s+\d+:\d+\s+error\s+Parsing error: /,
    near: [
      /^\s{1,6}(?<line>\d{1,6}):(?<column>\d{1,5})\s{1,6}(?:error|warning)\s/,
      /^(?<file>(?:\/|\.{0,2}\/)?[\w@.+/-]+\.\w{1,8})$/,
      /^\s{1,6}\d{1,6}:\d{1,5}\s{1,6}(?:error|warning)\s{1,4}.{1,300}?\s{2,}(?<code>@?[a-z][\w-]*(?:\/[\w/-]+)*)$/,
    ],
    from: 'eslint, stylelint',
    sample: '✖ 1 problem (1 error, 0 warnings)',
  },
  {
    id: 'eslint.unix',
    is: lintFinding,
    precedence: lint,
    line: /^(?<file>[^\s:][^:\n]{0,250}):(?:(?<line>\d{1,6}):(?<column>\d{1,5}): .{1,400}\[(?:Error|Warning)\/(?<code>[\w@/-]+)\]| line (?<line2>\d{1,6}), col (?<column2>\d{1,5}), (?:Error|Warning) - .{1,400}\((?<code2>[\w@/-]+)\))$/,
    from: 'eslint -f unix, eslint -f compact',
    sample: "/app/a.js:1:7: 'x' is assigned a value but never used. [Error/no-unused-vars]",
    reads: { file: '/app/a.js', line: 1, column: 7, errorCode: 'no-unused-vars' },
  },
  {
    id: 'eslint.json',
    is: lintFinding,
    precedence: lint - 4,
    line: /"filePath" ?: ?"(?<file>[^"]{1,300})".{0,300}?"ruleId" ?: ?"(?<code>[^"]{1,100})"|"errorCount" ?: ?[1-9]/,
    near: [/"line" ?: ?(?<line>\d{1,6}),"column" ?: ?(?<column>\d{1,5})/],
    from: 'eslint -f json',
    sample:
      '[{"filePath":"/app/a.js","messages":[{"ruleId":"no-undef","severity":2,"message":"x","line":1,"column":1}],"errorCount":1}]',
    reads: { line: 1, column: 1, file: '/app/a.js', errorCode: 'no-undef' },
  },
  {
    id: 'standard.finding',
    is: lintFinding,
    precedence: lint,
    line: /^standard: (?:Use JavaScript Standard Style|Run `standard --fix`)|^ts-standard: (?:Use|Run)/,
    near: [
      /^\s{0,4}(?<file>[^\s:]{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5}): .{1,300}?\((?<code>[\w@/-]+)\)(?: \(warning\))?$/,
    ],
    from: 'standard',
    sample: 'standard: Use JavaScript Standard Style (https://standardjs.com)',
  },
  {
    id: 'standard.place',
    is: lintFinding,
    precedence: lint - 2,
    line: /^\s{0,4}(?<file>[^\s:]{1,250}\.[cm]?[jt]sx?):(?<line>\d{1,6}):(?<column>\d{1,5}): .{1,300} \((?<code>[\w@/-]+)\)$|^(?<file2>[^\s:]{1,250}): line (?<line2>\d{1,6}), col (?<column2>\d{1,5}), /,
    purposes: ['lint'],
    from: 'standard, jshint, csslint',
    sample: 'a.js: line 1, col 12, Missing semicolon.',
    reads: { file: 'a.js', line: 1, column: 12 },
  },
  {
    id: 'tslint.finding',
    is: lintFinding,
    precedence: lint,
    line: /^(?:ERROR|WARNING): (?<file>[^\s:[]{1,250})(?::|\[)(?<line>\d{1,6})(?::|, )(?<column>\d{1,5})\]?(?: -|:) /,
    unless: ': Syntax error: ',
    from: 'tslint',
    sample: 'ERROR: src/a.ts:1:12 - Missing semicolon',
    reads: { file: 'src/a.ts', line: 1, column: 12 },
  },
];
