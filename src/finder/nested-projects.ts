// Projects whose manifests are below the root: each is searched as if its folder were the root.
import { shellWord } from '../stdx/text/shell-words.ts';
import { nodeManifest } from './checks/node.ts';
import { workspaceFolders } from './checks/workspaces.ts';
import type { ProjectFiles } from './project-files.ts';

/** The manifests of each ecosystem; a folder may contain several. */
const manifests: readonly (readonly [ecosystem: string, name: RegExp])[] = [
  ['node', /^package\.json$/],
  ['python', /^(pyproject\.toml|setup\.py|requirements\.txt)$/],
  ['go', /^go\.mod$/],
  ['cargo', /^Cargo\.toml$/],
  ['maven', /^pom\.xml$/],
  ['gradle', /^(build|settings)\.gradle(\.kts)?$/],
  ['dotnet', /\.(sln|slnx|csproj|fsproj|vbproj)$/],
  ['ruby', /^Gemfile$/],
  ['php', /^composer\.json$/],
  ['deno', /^deno\.jsonc?$/],
  ['elixir', /^mix\.exs$/],
  ['swift', /^Package\.swift$/],
];

/** Folders whose content is not the project's own, or is not meant to pass checks. */
const skipped =
  /^(\..*|node_modules|vendor|third[_-]?party|external|tests?|__tests__|testdata|fixtures?|__fixtures__|examples?|samples?|demos?|templates?|dist|build|target|out|venv|site-packages)$/i;

const nestedLimits = { depthMax: 3, foldersMax: 30, namesMax: 5_000 } as const;

/** Whether one build at the root covers the folders below it. */
const coversBelow: Readonly<Record<string, (files: ProjectFiles) => boolean>> = {
  go: (files) => files.read('go.work') !== null,
  cargo: (files) => /^\[workspace\]/m.test(files.read('Cargo.toml') ?? ''),
  maven: (files) => files.read('pom.xml') !== null,
  gradle: (files) => files.list('').some((name) => /^(build|settings)\.gradle/.test(name)),
  dotnet: (files) => files.list('').some((name) => /\.(sln|slnx)$/.test(name)),
  python: (files) => /^\[tool\.uv\.workspace\]/m.test(files.read('pyproject.toml') ?? ''),
  node: (files) => workspaceFolders(files, nodeManifest(files) ?? {}).length > 0,
};

/** The folders below the root that contain a separate project, the least nested ones first. */
export function nestedProjects(files: ProjectFiles): string[] {
  const covered = new Set(
    Object.entries(coversBelow)
      .filter(([, covers]) => covers(files))
      .map(([ecosystem]) => ecosystem),
  );
  const found: string[] = [];
  let namesLeft: number = nestedLimits.namesMax;
  let level = [''];
  for (let depth = 0; depth <= nestedLimits.depthMax; depth++) {
    const below: string[] = [];
    for (const folder of level) {
      const names = files.list(folder).slice(0, Math.max(0, namesLeft));
      namesLeft -= names.length;
      const has = manifests.filter(
        ([ecosystem, name]) => !covered.has(ecosystem) && names.some((each) => name.test(each)),
      );
      if (folder !== '' && has.length > 0) found.push(folder);
      // A project inside another project below the root is left to that one.
      else below.push(...names.filter((name) => !skipped.test(name)).map((name) => join(folder, name)));
    }
    level = below;
  }
  return found.slice(0, nestedLimits.foldersMax);
}

/** The same files, with this folder as the root. */
export function filesIn(files: ProjectFiles, folder: string): ProjectFiles {
  return {
    read: (path) => files.read(join(folder, path)),
    list: (path) => files.list(path === '' ? folder : join(folder, path)),
  };
}

/** A command that runs in a folder below the root. */
export function inFolder(folder: string, command: string): string {
  // A shell would read a name that begins with a hyphen as an option.
  const path = folder.startsWith('-') ? `./${folder}` : folder;
  return folder === '' ? command : `(cd ${shellWord(path)} && ${command})`;
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/**
 * Maximum number of a commit's files, besides those at the root, that the search may read; the least nested ones come
 * first.
 */
const readMax = 500;

export function pathsToRead(paths: readonly string[]): string[] {
  const depth = (path: string) => path.split('/').length;
  const wanted = paths
    .filter((path) => path.includes('/') && isWanted(path))
    .sort((a, b) => depth(a) - depth(b));
  return [...paths.filter((path) => !path.includes('/')), ...wanted.slice(0, readMax)];
}

function isWanted(path: string): boolean {
  if (/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) return true;
  if (/^\.(cargo\/config(\.toml)?|mvn\/(settings\.xml|maven\.config))$/.test(path)) return true;
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  if (name === 'package.json') return !folders.includes('node_modules');
  if (folders.length > nestedLimits.depthMax || folders.some((folder) => skipped.test(folder))) return false;
  return readNames.test(name);
}

/** Names of files whose text is searched. */
const readNames =
  /^(pyproject\.toml|setup\.cfg|tox\.ini|pytest\.ini|Cargo\.toml|go\.(mod|sum)|composer\.json|(GNUm|m|M)akefile|deno\.jsonc?|pnpm-workspace\.yaml|yarn\.lock|\.npmrc|tsconfig\.json|hatch\.toml|\.?justfile|Taskfile(\.dist)?\.ya?ml|pom\.xml)$/i;
