// Which files determine the result of a setup, as far as this is certain (R-PROJ-3): a result may be reused only for a
// commit in which these files are the same. Pure.
import { splitCommands } from './checks/candidate.ts';
import { localPackages, mayRefer } from './local-packages.ts';
import type { ProjectFiles } from './project-files.ts';

/** Commands that install what manifests and lock files say, and read nothing else of the project. */
const installs: readonly RegExp[] = [
  /^npm (?:ci|i|install|clean-install)(?: --?[\w=-]+)*$/,
  /^pnpm (?:i|install)(?: --?[\w=-]+)*$/,
  /^yarn(?: install)?(?: --?[\w=-]+)*$/,
  /^bun (?:i|install)(?: --?[\w=-]+)*$/,
  /^(?:uv sync|poetry (?:install|sync)|pdm (?:install|sync)|hatch env create)(?: --?[\w=-]+| [\w-]+)*$/,
  /^python3? -m venv [\w./-]+$/,
  /^(?:[\w./-]*\/)?(?:python3? -m )?pip3? install(?: --?[\w=-]+)*(?: -r [\w./-]+)+$/,
  /^(?:go mod download|cargo fetch|dotnet restore|mix deps\.get)(?: --?[\w=-]+)*$/,
  /^(?:bundle|composer) install(?: --?[\w=-]+)*$/,
  /^corepack enable$/,
];

const inAFolder = /^cd [\w./@-]+$/;

/** Manifests, lock files, and files that pin a toolchain or a registry, in any folder. */
const inputNames =
  /^(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml|\.pnpmfile\.[cm]?js|yarn\.lock|\.yarnrc(?:\.yml)?|bun\.lockb?|bunfig\.toml|\.npmrc|deno\.(?:jsonc?|lock)|pyproject\.toml|setup\.(?:py|cfg)|(?:[\w.-]*requirements[\w.-]*|constraints[\w.-]*)\.(?:txt|in)|uv\.(?:lock|toml)|poetry\.lock|poetry\.toml|pdm\.lock|Pipfile(?:\.lock)?|hatch\.toml|go\.(?:mod|sum|work|work\.sum)|Cargo\.(?:toml|lock)|Gemfile(?:\.lock)?|[\w.-]+\.gemspec|composer\.(?:json|lock)|mix\.(?:exs|lock)|[\w.-]+\.(?:cs|fs|vb)proj|[\w.-]+\.slnx?|Directory\.(?:Build|Packages)\.props|packages\.lock\.json|nuget\.config|global\.json|rust-toolchain(?:\.toml)?|\.nvmrc|\.node-version|\.python-version|\.ruby-version|\.tool-versions|\.?mise\.toml|schema\.prisma|[\w.-]+\.(?:tgz|whl|gem|patch))$/i;

/** Folders that package managers read as a whole. */
const inputFolders = /(?:^|\/)(?:\.yarn|patches|requirements|prisma|vendor|\.cargo|\.bundle|\.mvn)\//;

/** Package scripts that run during an install. */
const lifecycle = [
  'preinstall',
  'install',
  'postinstall',
  'prepublish',
  'preprepare',
  'prepare',
  'postprepare',
];

/** Python packages that compile something from the project's own sources. */
const compiles = /maturin|scikit-build|meson|cython|ext_modules|setuptools[-_]rust|cffi_modules|build\.py/i;

/** More manifests are not read: then the result may depend on any file. */
const manifestsMax = 2_000;

/** What `setupInputs` has to read; null if that is too much, or of no use. */
export function manifestsToRead(commands: readonly string[], paths: readonly string[]): string[] | null {
  if (!commands.every(isInstall)) return null;
  const manifests = inputsByName(commands, paths).filter(mayRefer);
  return manifests.length > manifestsMax ? null : manifests;
}

/** The paths; null if the result may depend on any file. `files` has the text of what `manifestsToRead` names. */
export function setupInputs(
  commands: readonly string[],
  paths: readonly string[],
  files: ProjectFiles,
): string[] | null {
  if (!commands.every(isInstall)) return null;
  const inputs = inputsByName(commands, paths);
  if (inputs.some((path) => runsOwnCode(path, files))) return null;
  const local = localPackages(inputs, paths, files);
  if (local === null) return null;
  const wanted = new Set([...inputs, ...local.files]);
  const folders = [...local.folders].map((folder) => `${folder}/`);
  return paths.filter((path) => wanted.has(path) || folders.some((folder) => path.startsWith(folder)));
}

function inputsByName(commands: readonly string[], paths: readonly string[]): string[] {
  const named = new Set(commands.flatMap(filesNamedBy));
  return paths.filter((path) => inputNames.test(nameOf(path)) || inputFolders.test(path) || named.has(path));
}

/** `pip install -r deps.txt`, also after `cd folder`. */
function filesNamedBy(command: string): string[] {
  const named: string[] = [];
  let folder = '';
  for (const part of splitCommands(command.replace(/^\((.*)\)$/s, '$1'))) {
    const [, into] = /^cd (.+)$/.exec(part) ?? [];
    if (into !== undefined) folder = `${folder}${into.replace(/^\.\//, '').replace(/\/*$/, '/')}`;
    for (const [, file = ''] of part.matchAll(/ (?:-[rc] ?|--(?:requirement|constraint)[ =])([\w./-]+)/g))
      named.push(`${folder}${file.replace(/^\.\//, '')}`);
  }
  return named;
}

function isInstall(command: string): boolean {
  const plain = command.replace(/^\((.*)\)$/s, '$1');
  // Copies the project itself.
  if (/[|<>$`;\n()*?]/.test(plain) || plain.includes(' --no-editable')) return false;
  return splitCommands(plain).every(
    (part) => inAFolder.test(part) || installs.some((each) => each.test(part)),
  );
}

function runsOwnCode(path: string, files: ProjectFiles): boolean {
  const name = nameOf(path);
  if (name === 'package.json') {
    const text = files.read(path) ?? '';
    return lifecycle.some((script) => text.includes(`"${script}"`));
  }
  if (name === 'setup.py' || name === 'pyproject.toml') return compiles.test(files.read(path) ?? '');
  return /^\.pnpmfile\./.test(name);
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
