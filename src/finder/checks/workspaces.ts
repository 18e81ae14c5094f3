import type { ProjectFiles } from '../project-files.ts';

// The folders of a monorepo's packages, from the globs of the root's package.json or of pnpm-workspace.yaml.

/** More packages than a check lists one by one; the same limits apply to the search through folders. */
const workspaceLimits = { packagesMax: 200, foldersMax: 400, depthMax: 5 } as const;

export function workspaceFolders(files: ProjectFiles, manifest: Record<string, unknown>): string[] {
  const globs = [...globsOf(manifest.workspaces), ...pnpmGlobs(files.read('pnpm-workspace.yaml') ?? '')];
  const left = { folders: workspaceLimits.foldersMax };
  const excluded = globs.filter((glob) => glob.startsWith('!')).map((glob) => segmentsOf(glob.slice(1)));
  const found = globs
    .filter((glob) => !glob.startsWith('!'))
    .flatMap((glob) => expand(files, segmentsOf(glob), '', left))
    .filter((folder) => files.read(`${folder}/package.json`) !== null)
    .filter((folder) => !excluded.some((glob) => fits(folder.split('/'), glob)));
  return [...new Set(found)].sort().slice(0, workspaceLimits.packagesMax);
}

/** The globs are a list, or yarn's `{ packages: [] }`. */
function globsOf(workspaces: unknown): string[] {
  const list = Array.isArray(workspaces)
    ? workspaces
    : (workspaces as { packages?: unknown } | null)?.packages;
  return Array.isArray(list) ? list.filter((glob): glob is string => typeof glob === 'string') : [];
}

/** The entries of the list `packages`, in either YAML notation of a list. */
function pnpmGlobs(yaml: string): string[] {
  const [, inline, block = ''] =
    /^packages:[ \t]*(?:\[([^\]]*)\]|\r?\n((?:[ \t]*(?:-[^\n]*|#[^\n]*)?(?:\r?\n|$))+))/m.exec(yaml) ?? [];
  const entries =
    inline?.split(',') ?? block.split(/\r?\n/).map((line) => /^\s*-\s*(.*)$/.exec(line)?.[1] ?? '');
  return entries
    .map((entry) =>
      entry
        .replace(/\s+#.*$/, '')
        .trim()
        .replace(/^(['"])(.*)\1$/, '$2'),
    )
    .filter((entry) => entry !== '');
}

function segmentsOf(glob: string): string[] {
  return glob.split('/').filter((segment) => segment !== '' && segment !== '.');
}

function expand(
  files: ProjectFiles,
  [segment, ...rest]: readonly string[],
  folder: string,
  left: { folders: number },
): string[] {
  if (segment === undefined) return folder === '' ? [] : [folder];
  if (segment === '..' || folder.split('/').length > workspaceLimits.depthMax) return [];
  const inside = (name: string) => (folder === '' ? name : `${folder}/${name}`);
  if (!segment.includes('*')) return expand(files, rest, inside(segment), left);
  if (left.folders-- <= 0) return [];
  const names = files.list(folder).filter((name) => name !== 'node_modules' && !name.startsWith('.'));
  if (segment === '**') {
    // `**` matches nothing, or one folder followed by the rest of the pattern.
    const below = names.filter((name) => !name.includes('.')).map(inside);
    return [
      ...expand(files, rest, folder, left),
      ...below.flatMap((each) => expand(files, [segment, ...rest], each, left)),
    ];
  }
  const pattern = patternOf(segment);
  return names
    .filter((name) => pattern.test(name))
    .flatMap((name) => expand(files, rest, inside(name), left));
}

function fits(folder: readonly string[], [segment, ...rest]: readonly string[]): boolean {
  const [name, ...below] = folder;
  if (segment === undefined) return name === undefined;
  if (segment === '**') return fits(folder, rest) || (name !== undefined && fits(below, [segment, ...rest]));
  return name !== undefined && patternOf(segment).test(name) && fits(below, rest);
}

function patternOf(segment: string): RegExp {
  const literal = segment.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '[^/]*');
  return new RegExp(`^${literal}$`);
}
