// Linters and formatters of Python, and its package managers.
import { precedence, type Rule } from '../../match/rule.ts';
import { lintFinding, lintSettings, missing, registryAway, timedOut } from '../../verdicts.ts';

const { dependency, lint } = precedence;

export const pythonLintRules: readonly Rule[] = [
  {
    id: 'pycodes.finding',
    is: lintFinding,
    precedence: lint,
    line: /^(?<file>[^\s:][^:\n]{0,250}\.(?:pyi?|ipynb)):(?:cell \d+:)?(?<line>\d{1,6}):(?<column>\d{1,5}):? (?<code>[A-Z]{1,6}\d{1,5}|SyntaxError|invalid-syntax):? /,
    from: 'flake8, ruff, pylint, pycodestyle',
    sample: "app.py:1:1: F401 'os' imported but unused",
    reads: { file: 'app.py', line: 1, column: 1, errorCode: 'F401' },
  },
  {
    id: 'ruff.full',
    is: lintFinding,
    precedence: lint,
    line: /^\s{1,8}--> (?<file>[^\s:]{1,250}\.(?:pyi?|ipynb)):(?<line>\d{1,6}):(?<column>\d{1,5})$/,
    near: [/^(?<code>[A-Z]{1,6}\d{1,5}|invalid-syntax)(?: \[\*\])?:? .{3}/],
    purposes: ['lint', 'git'],
    from: 'ruff',
    sample: ' --> app.py:1:8',
    reads: { file: 'app.py', line: 1, column: 8 },
  },
  {
    id: 'ruff.format',
    is: lintFinding,
    precedence: lint,
    line: /^(?:Would reformat: |would reformat |error: cannot format )(?<file>[^\s:]{1,250})|^ERROR: (?<file2>\S{1,250}) Imports are incorrectly sorted|^\d+ files? would be reformatted|^error: Failed to parse (?<file3>[^\s:]{1,250}):(?<line>\d{1,6}):(?<column>\d{1,5})/,
    near: [/error: cannot format \S{1,200}: Cannot parse[^\n]{0,40}: (?<line>\d{1,6}):(?<column>\d{1,5})/],
    from: 'ruff format, black, isort',
    sample: 'would reformat /app/a.py',
    reads: { file: '/app/a.py' },
  },
  {
    id: 'pylint.module',
    is: lintFinding,
    precedence: lint - 2,
    line: /^\*{5,} Module |^>> Issue: \[(?<code>B\d{3})|^Your code has been rated at (?!10\.00)/,
    near: [
      /^ {3}Location: (?<file>[^\s:]{1,250}):(?<line>\d{1,6})(?::(?<column>\d{1,5}))?/,
      /^(?<file>\S+\.py):(?<line>\d{1,6}):(?<column>\d{1,5}): (?<code>[CRWEF]\d{4})/,
    ],
    from: 'pylint, bandit',
    sample:
      '>> Issue: [B602:subprocess_popen_with_shell_equals_true] subprocess call with shell=True identified, security issue.',
    reads: { errorCode: 'B602' },
  },
  {
    id: 'python-lint.config',
    is: lintSettings,
    precedence: lint + 10,
    line: /^ruff failed|^\s*Cause: (?:Failed to parse|TOML parse error)|Unknown rule selector|Error parsing config|There was a critical error during execution of Flake8|Invalid config keys? detected|Error: Invalid config/,
    near: [/(?<file>[\w./-]+\.(?:toml|cfg|ini))/],
    purposes: ['lint'],
    from: 'ruff, flake8, black',
    sample: 'ruff failed',
  },
  {
    id: 'yamllint.finding',
    is: lintFinding,
    precedence: lint,
    line: /^(?:(?<file>[^\s:][^:\n]{0,250}):(?<line>\d{1,6}):(?<column>\d{1,5}): \[(?:error|warning)\] .{1,300}?(?:\((?<code>[\w-]+)\))?|\s{2}(?<line2>\d{1,6}):(?<column2>\d{1,5})\s{2,8}error\s{2}.{1,300}?(?: {2}\((?<code2>[\w-]+)\))?)$/,
    near: [/^(?<file>\S{1,250}\.ya?ml)$/],
    from: 'yamllint',
    sample: 'a.yml:2:3: [error] wrong indentation: expected 4 but found 2 (indentation)',
    reads: { file: 'a.yml', line: 2, column: 3, errorCode: 'indentation' },
  },
  {
    id: 'pip.unsolvable',
    is: missing,
    precedence: dependency,
    line: /^ERROR: (?:No matching distribution found for (?<package>[\w.-]+)|Could not find a version that satisfies the requirement (?<package2>[\w.-]+)|Cannot install (?<package3>[\w.-]+)|Package '(?<package4>[\w.-]+)' requires a different Python|THESE PACKAGES DO NOT MATCH|Invalid requirement|Could not open requirements file|Failed building wheel for (?<package5>[\w.-]+)|ResolutionImpossible|(?<package6>\S+) is not a supported wheel)|^error: externally-managed-environment|DistributionNotFound: The '(?<package7>[\w.-]+)/,
    near: [/^\s{4}(?<package>[\w.-]+)(?:[=<>~!]=?\S*)? from /],
    from: 'pip',
    sample:
      'ERROR: Could not find a version that satisfies the requirement nosuchpkg==9 (from versions: none)',
    reads: { package: 'nosuchpkg' },
  },
  {
    id: 'pip.registry-away',
    is: registryAway,
    precedence: dependency + 2,
    line: /(?:^WARNING: Retrying \(Retry\(|Max retries exceeded with url: \/|^ERROR: HTTP error 5\d\d)/,
    purposes: ['install'],
    unless: 'ReadTimeoutError',
    from: 'pip',
    sample:
      "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/requests/",
  },
  {
    id: 'pip.registry-timeout',
    is: timedOut,
    precedence: dependency + 3,
    line: /(?:ReadTimeoutError|ConnectTimeoutError)\(|Read timed out\.|: operation timed out/,
    purposes: ['install'],
    from: 'pip, uv, poetry',
    sample:
      "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPConnectionPool(host='127.0.0.1', port=1): Read timed out.",
  },
  {
    id: 'pub.unsolvable',
    is: missing,
    precedence: dependency + 1,
    line: /^(?:And b|B)ecause (?:every version of )?\S{1,80} depends on (?<package>[\w@./-]{1,80}) .{0,200}(?:doesn't exist|could not find package|which doesn't match any|no versions|forbidden)/,
    from: 'dart pub, poetry',
    sample:
      "Because app depends on frob_widgets any which doesn't exist (could not find package frob_widgets at https://pub.dev), version solving failed.",
    reads: { package: 'frob_widgets' },
  },
  {
    id: 'poetry.unsolvable',
    is: missing,
    precedence: dependency,
    line: /version solving failed|pyproject\.toml changed significantly|No solution found when resolving|depends on (?<package>[\w.-]+) \(.{1,60}\) which doesn't match any versions|(?<package2>[\w.-]+) was not found in the (?:package registry|provided package locations)|PackagesNotFoundError|UnsatisfiableError|ResolvePackageNotFound|lockfile at `uv\.lock` needs to be updated|Failed to spawn: `(?<package3>[^`]{1,80})`|^Command not found: (?<package4>\S+)|No interpreter found for|Current Python version \(|ResolutionFailure|nothing provides (?:requested )?(?<package5>[\w.-]+)/,
    near: [/Because (?:there (?:is|are) no versions? of )?(?<package>[\w.-]+)/, /^\s+- (?<package>[\w.-]+)/],
    from: 'poetry, uv, conda, pipenv',
    sample: '  × No solution found when resolving dependencies:',
  },
  {
    id: 'pip.audit',
    is: missing,
    precedence: dependency - 30,
    line: /^(?<package>[\w.-]+) \S+ (?:requires (?<package2>[\w.-]+),? which is not installed|has requirement (?<package3>[\w.-]+).{0,60}, but you)/,
    from: 'pip check',
    sample: 'requests 2.0 requires urllib3, which is not installed.',
  },
];
