// Lists the files of a repository, up to a limit of bytes: in a large repository, deep folders show only their number
// of files. Pure.

interface Folder {
  path: string;
  files: string[];
  folders: Map<string, Folder>;
  /** All files below it. */
  count: number;
}

export function treeSummary(paths: readonly string[], bytesMax: number): string {
  const root = folderOf(paths);
  const open = new Set<Folder>();
  let bytes = Buffer.byteLength(lineOf(root));
  // Opens folders level by level, those with the fewest files first.
  for (let level = [root]; level.length > 0; ) {
    const below: Folder[] = [];
    for (const folder of level.sort((a, b) => a.count - b.count || (a.path < b.path ? -1 : 1))) {
      const after = bytes - Buffer.byteLength(lineOf(folder)) + openBytes(folder);
      if (after > bytesMax) continue;
      bytes = after;
      open.add(folder);
      below.push(...folder.folders.values());
    }
    level = below;
  }
  return bytes > bytesMax ? '' : linesOf(root, open).join('\n');
}

function folderOf(paths: readonly string[]): Folder {
  const root: Folder = { path: '', files: [], folders: new Map(), count: paths.length };
  for (const path of paths) {
    let folder = root;
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const name = path.slice(0, slash);
      const next = folder.folders.get(name) ?? { path: name, files: [], folders: new Map(), count: 0 };
      folder.folders.set(name, next);
      next.count += 1;
      folder = next;
    }
    folder.files.push(path);
  }
  return root;
}

const lineOf = ({ path, count }: Folder) => `${oneLine(path)}/ (${count} ${count === 1 ? 'file' : 'files'})`;

/** Counts a line end for each entry. */
function openBytes({ files, folders }: Folder): number {
  const entries = [...files.map(oneLine), ...[...folders.values()].map(lineOf)];
  return entries.reduce((sum, entry) => sum + Buffer.byteLength(entry) + 1, 0);
}

function linesOf(folder: Folder, open: ReadonlySet<Folder>): string[] {
  if (!open.has(folder)) return [lineOf(folder)];
  const entries = [
    ...folder.files.map((path) => ({ path, lines: [oneLine(path)] })),
    ...[...folder.folders.values()].map((each) => ({ path: each.path, lines: linesOf(each, open) })),
  ];
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1)).flatMap(({ lines }) => lines);
}

/** Escapes a line end inside a name, so that one name cannot look like two. */
function oneLine(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it replaces.
  return path.replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, (each) => JSON.stringify(each).slice(1, -1));
}
