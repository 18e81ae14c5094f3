// Which files decide whether a check passes (R-GREEN-2). Pure: it looks only at paths and at the texts that it is given.
import { isCiFile } from '../domain/forge/ci-files.ts';
import { expandedCommand } from './expand-command.ts';

/**
 * `test`: tests, fixtures, snapshots and helpers of tests. `setup`: runs before tests. `configuration`: of runners,
 * linters, compilers, type checkers, coverage and build caches, with scripts and targets of checks. `ci`: definitions of
 * continuous integration. `hiding`: decides what git and reviewers show.
 */
export type JudgingKind = 'test' | 'setup' | 'configuration' | 'ci' | 'hiding';

const rules: ReadonlyArray<readonly [JudgingKind, RegExp]> = [
  ['hiding', /(?:^|\/)\.gitattributes$/],
  // What stands in the place of a runner or of its packages.
  [
    'setup',
    /^(?:src\/|tests?\/)?(?:_?pytest|unittest|nose2?|doctest|tox|coverage|mypy|ruff|pylint|flake8)(?:\/.*)?\.py$|(?:^|\/)node_modules\//,
  ],
  // What Python takes for an installed package, and modules that stand before those which its runners load.
  [
    'setup',
    /\.(?:dist|egg)-info\/|\.pth$|^(?:argparse|contextlib|dataclasses|difflib|dis|fnmatch|gettext|inspect|linecache|pprint|signal|textwrap|tokenize|traceback)\.py$/,
  ],
  // Set-up comes before tests: it lies among them, and a change of it may alter every test.
  [
    'setup',
    /(?:^|\/)(?:conftest|sitecustomize|usercustomize)\.py$|(?:^|\/)(?:jest|vitest|test|tests|mocha|global)[-_.]?(?:setup|teardown|globals?|env(?:ironment)?)(?:[-_.]?\w+)?\.[cm]?[jt]sx?$|(?:^|\/)(?:setup|teardown)[-_.]?(?:tests?|jest|vitest|env|files?)(?:[-_.]?\w+)?\.[cm]?[jt]sx?$|(?:^|\/)(?:tests?|spec|__tests__)\/(?:setup|teardown|globals?|hooks?|bootstrap|(?:spec|rails|test)_helper)\.(?:[cm]?[jt]sx?|py|php|rb)$|(?:^|\/)(?:spec|rails|test)_helper\.rb$|(?:^|\/)main_test\.go$|(?:^|\/)\.env\.test$/i,
  ],
  [
    'test',
    /(?:^|\/)(?:__tests__|__mocks__|__snapshots__|__fixtures__|__image_snapshots__|tests?|specs?|e2e|cypress|testdata|test[-_]data|test[-_]?fixtures?|fixtures|integration[-_]tests?|unit[-_]tests?|testing|testutils?|goldens?)\/|[._-](?:test|tests|spec|specs|e2e|cy|bench)\.[cm]?[jt]sx?$|\.(?:snap|golden|approved\.\w+|bats|feature)$|(?:^|\/)(?:test_[^/]+|[^/]+_tests?|tests?)\.py$|_test\.go$|(?:^|\/)src\/(?:\w*test|it)\/|(?:^|\/)[^/]*\.?(?:Unit|Integration)?Tests?\/[^/]+\.(?:cs|fs|vb)$|(?:Tests?|Specs?|IT)\.(?:java|kt|kts|scala|groovy|cs|fs|php|swift)$|_(?:spec|test)\.(?:rb|exs|dart|cc|cpp|c|lua|sh)$|(?:^|\/)test_[^/]+\.(?:c|cc|cpp|sh|rb|lua)$|(?:^|\/)[\w-]*tests?\.(?:[cm]?js|ts|sh|rs)$/i,
  ],
  [
    'configuration',
    /(?:^|\/)(?:[\w.-]*\b(?:jest|vitest|vite|karma|cypress|playwright|wdio|babel|swc|eslint|prettier|stylelint|ava|webpack|rollup|postcss|tsup|esbuild|commitlint|lint-staged|knip|nightwatch|wallaby)(?:\.[\w-]+)*\.(?:config|conf|workspace|preset|setup)(?:\.[\w-]+)*\.(?:[cm]?[jt]s|json)|vitest\.workspace\.\w+|\.(?:mocharc|nycrc|c8rc|eslintrc|babelrc|postcssrc|swcrc|prettierrc|stylelintrc|taprc|jestrc|remarkrc|markdownlint|jscpd|depcheckrc)(?:\.[\w-]+)*|\.(?:eslint|prettier|stylelint|biome|npm|markdownlint|docker)?ignore|biome\.jsonc?|deno\.jsonc?|bunfig\.toml|tsconfig(?:[\w.-]*)\.json|jsconfig\.json|\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.cjs|turbo\.json|nx\.json|project\.json|lerna\.json|rush\.json|\.swcrc|mocha\.opts|codecov\.ya?ml|\.codecov\.ya?ml)$/i,
  ],
  [
    'configuration',
    /(?:^|\/)(?:pytest\.ini|\.pytest\.ini|tox\.ini|setup\.cfg|\.coveragerc|\.?ruff\.toml|mypy\.ini|\.mypy\.ini|\.flake8|\.pylintrc|pylintrc|\.bandit|noxfile\.py|pyrightconfig\.json|\.pre-commit-config\.ya?ml|\.golangci\.(?:ya?ml|toml|json)|go\.work|staticcheck\.conf|\.?clippy\.toml|\.?rustfmt\.toml|nextest\.toml|rust-toolchain(?:\.toml)?|deny\.toml)$|(?:^|\/)\.cargo\/config(?:\.toml)?$|(?:^|\/)\.config\/nextest\.toml$/i,
  ],
  [
    'configuration',
    /(?:^|\/)(?:GNUmakefile|[Mm]akefile|[^/]+\.mk|[Jj]ustfile|Taskfile\.ya?ml|Rakefile|\.rspec|phpunit(?:\.[\w-]+)*\.xml(?:\.dist)?|phpstan(?:\.[\w-]+)*\.neon(?:\.dist)?|psalm\.xml|\.php-cs-fixer(?:\.dist)?\.php|\.rubocop(?:_todo)?\.yml|checkstyle[\w-]*\.xml|pmd[\w-]*\.xml|spotbugs[\w-]*\.xml|[^/]+\.runsettings|Directory\.Build\.(?:props|targets)|\.globalconfig|\.editorconfig|gradle\.properties|settings\.gradle(?:\.kts)?|build\.gradle(?:\.kts)?|CTest\w*\.cmake|\.clang-tidy|\.detekt\.ya?ml|detekt\.ya?ml|\.swiftlint\.yml|dune-workspace|\.mvn\/.*|analysis_options\.yaml|\.credo\.exs)$/,
  ],
];

/** What tools keep of earlier runs: a check may take it for its own result. */
const keptResult =
  /(?:^|\/)(?:\.eslintcache|\.stylelintcache|[^/]+\.tsbuildinfo|\.pytest_cache\/.*|__pycache__\/.*|\.mypy_cache\/.*|\.ruff_cache\/.*|\.turbo\/.*|\.nx\/.*|\.jest-cache\/.*|\.gradle\/.*|\.coverage|junit[\w-]*\.xml|TEST-[^/]+\.xml|target\/(?:debug|release|surefire-reports|classes|test-classes)\/.*|test-results?\/.*\.xml)$/;

export const isKeptResult = (path: string) => keptResult.test(path);

/** Of the table alone; null for a file that the product consists of. */
export function judgingKind(path: string): JudgingKind | null {
  if (isKeptResult(path)) return 'configuration';
  const kind = rules.find(([, pattern]) => pattern.test(path))?.[0] ?? null;
  return kind !== 'hiding' && isCiFile(path) ? 'ci' : kind;
}

const code = /\.(?:[cm]?[jt]sx?|py|go|rs|rb|java|kts?|cs|php|sh|bash|exs?|scala|swift|cc?|cpp|h)$/;

/** What tests read: recorded outputs, samples. */
export const isTestData = (path: string) => judgingKind(path) === 'test' && !code.test(path);

export const isCodeFile = (path: string) => code.test(path);

/** Texts for people and locks of packages. */
export const isDocument = (path: string) =>
  /\.(?:md|mdx|rst|adoc|lock)$|(?:^|\/)(?:LICENSE|CHANGELOG|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml)/i.test(
    path,
  );

/** What only shows: no rule about code is searched in it. */
export const isProse = (path: string) => isDocument(path) || /\.(?:txt|svg|html?|css|scss|csv)$/i.test(path);

/** Files that hold the product and what judges it: only their judging parts are taken from the base. */
export function isMixed(path: string): boolean {
  return /(?:^|\/)(?:package\.json|pyproject\.toml|Cargo\.toml|pom\.xml|go\.mod)$|\.rs$/.test(path);
}

const filesMax = 60;
const depthMax = 4;
const textCharsMax = 200_000;
const words = /[\w@./-]{2,200}/g;

/**
 * Files that a check's command reaches: named in it, in the script or target that it runs, or in a configuration or
 * set-up file that these reach. The product's own files are not among them, even if a script starts them.
 *
 * @param read the text of a file of the base; null if it does not exist
 */
export function reachedFiles(command: string, read: (path: string) => string | null): Set<string> {
  const reached = new Set<string>();
  const follow = (text: string, folder: string, depth: number) => {
    if (depth === 0) return;
    for (const [word] of text.slice(0, textCharsMax).matchAll(words)) {
      if (reached.size >= filesMax) return;
      const path = [joined(folder, word), joined('', word)].find(
        (each) => each !== null && !reached.has(each) && isFollowed(each) && read(each) !== null,
      );
      if (!path) continue;
      reached.add(path);
      follow(read(path) ?? '', folderOf(path), depth - 1);
    }
  };
  for (const text of expandedCommand(command, read)) follow(text, '', depthMax);
  return reached;
}

const isData = /\.(?:json|ya?ml|toml|ini|cfg|mk|xml|conf|neon|ps1|bat|cmd)$/;
const isCode = /\.(?:sh|bash|[cm]?[jt]s|py|rb|pl|exs|php|lua)$/;
const isTool = /(?:^|\/)(?:scripts?|tools?|ci|\.ci|hack|build|bin)\/[\w./-]+$/;
const namesTool = /(?:test|spec|check|lint|setup|runner|verify|report|hook|mock|stub|fixture|coverage)/i;

/** Code counts only by its name or folder: a script may start the product itself. */
function isFollowed(path: string): boolean {
  if (judgingKind(path) !== null) return true;
  if (/^(?:src|lib|app|pkg|internal|cmd|dist|node_modules)\//.test(path)) return false;
  if (isCode.test(path)) return isTool.test(path) || namesTool.test(path);
  return (isData.test(path) && !/(?:^|\/)[\w-]*lock[\w.-]*$/.test(path)) || isTool.test(path);
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** The path from the root; null if it leads out of the project. */
function joined(folder: string, word: string): string | null {
  if (word.startsWith('/') || word.startsWith('@')) return null;
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of word.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}
