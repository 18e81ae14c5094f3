import { posix } from 'node:path';
import { environmentReaders, type Floor, floors, importedByTheRootAlone } from './floors.ts';
import {
  isNode,
  lineAt,
  type Node,
  nameOf,
  nodesOf,
  type SourceFile,
  sourceFiles,
  stringOf,
} from './source-files.ts';

// Finds every import below a root that breaks the table of floors. It checks imports of all forms: static, type
// imports, re-exports, `import()` and `typeof import()`.

const checkedFolders = ['src', 'web', 'test', 'chaos', 'bench', 'scripts'];

interface Import {
  line: number;
  /** Null for an `import()` with a computed target. */
  specifier: string | null;
  isOfTypes: boolean;
}

/** Returns one sentence for each breach: `path:line: what is wrong`. */
export function findBreaches(rootPath: string): string[] {
  return sourceFiles(rootPath, checkedFolders, /\.(ts|tsx)$/).flatMap((file) => {
    const floor = floorOf(file.path);
    if (floor === null) return [`${file.path}:1: is on no floor of the table`];
    const nodes = nodesOf(file);
    const imports = nodes.flatMap((node) => importOf(file, node) ?? []);
    return [
      ...imports.flatMap((each) =>
        problemOf(file, floor, each).map((problem) => `${file.path}:${each.line}: ${problem}`),
      ),
      ...environmentProblems(file, nodes),
    ];
  });
}

/** Which rooms of the engine each room imports, without tests. */
export function roomImports(rootPath: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of sourceFiles(rootPath, ['src/engine'], /\.ts$/)) {
    const room = roomOf(file.path);
    if (room === null || isTest(file.path)) continue;
    const imported = found.get(room) ?? new Set();
    found.set(room, imported);
    for (const { specifier } of nodesOf(file).flatMap((node) => importOf(file, node) ?? [])) {
      const target = roomOf(posix.normalize(posix.join(posix.dirname(file.path), specifier ?? '.')));
      if (target !== null && target !== room) imported.add(target);
    }
  }
  return found;
}

const roomOf = (path: string) => /^src\/engine\/([^/]+)\//.exec(path)?.[1] ?? null;

/** A test belongs to the floor of the file that it tests. */
function floorOf(path: string): Floor | null {
  const subject = path.replace(/\.(test|fixture)(?=\.tsx?$)/, '');
  const fitting = floors.filter((floor) => isWithin(subject, floor.path));
  return fitting.toSorted((a, b) => b.path.length - a.path.length)[0] ?? null;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Whether a file is a test, or a `*.fixture.ts` that tests start or share. */
function isTest(path: string): boolean {
  return /\.(test|fixture)\.tsx?$/.test(path);
}

function importOf(file: SourceFile, node: Node): Import | null {
  const source = importedBy(node);
  if (source === undefined) return null;
  const isOfTypes = node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType';
  return { line: lineAt(file.text, node.start), specifier: stringOf(source), isOfTypes };
}

/** What a node imports from; undefined if it imports nothing. */
function importedBy(node: Node): unknown {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return node.source ?? null;
    case 'ExportNamedDeclaration':
      return isNode(node.source) ? node.source : undefined;
    case 'TSExternalModuleReference':
      return node.expression ?? null;
    default:
      return undefined;
  }
}

function problemOf(file: SourceFile, floor: Floor, { specifier, isOfTypes }: Import): string[] {
  if (specifier === null) {
    return floor.mayImport === 'all' ? [] : ['imports a computed path, which no rule can check'];
  }
  if (!specifier.startsWith('.')) return packageProblem(file, floor, specifier);
  const target = posix.normalize(posix.join(posix.dirname(file.path), specifier));
  const targetFloor = floorOf(target);
  if (targetFloor === null)
    return floor.mayImport === 'all' ? [] : [`imports ${target}, which is on no floor`];
  if (targetFloor === floor)
    return floor.inside ? climbProblem(file, floor, target) : neighbourProblem(file, floor, target);
  if (isTest(file.path) && isWithin(target, 'test')) return [];
  // Storeys restrict only the engine itself: a test of the engine may use all of it for its setup.
  if (isTest(file.path) && isWithin(file.path, 'src/engine') && isWithin(target, 'src/engine')) return [];
  if (floor.mayImport !== 'all' && !floor.mayImport.some((allowed) => isWithin(target, allowed))) {
    return [`${floor.path} may not import ${target}`];
  }
  const { typesOnlyFrom } = floor;
  if (typesOnlyFrom !== undefined && isWithin(target, typesOnlyFrom) && !isOfTypes)
    return [`${floor.path} may import types alone from ${target}`];
  const isFromSrc = isWithin(file.path, 'src') && floor.level !== '6';
  const isForRoot = importedByTheRootAlone.some((each) => isWithin(target, each));
  return isFromSrc && isForRoot ? [`only the composition root may import ${target}`] : [];
}

function packageProblem(file: SourceFile, floor: Floor, name: string): string[] {
  if (!isWithin(file.path, 'src')) return [];
  const owner = floors.find((each) => each.ownPackages?.some((start) => name.startsWith(start)));
  return owner === undefined || owner === floor ? [] : [`only ${owner.path} may import ${name}`];
}

/** An adapter may import from its own folder, and the shared files beside the adapters' folders. */
function neighbourProblem(file: SourceFile, floor: Floor, target: string): string[] {
  if (!floor.holdsAdapters) return [];
  const adapterOf = (path: string) =>
    path
      .slice(floor.path.length + 1)
      .split('/')
      .slice(0, -1)[0] ?? null;
  const [own, other] = [adapterOf(file.path), adapterOf(target)];
  return own === null || other === null || own === other
    ? []
    : [`the adapter ${own} may not import ${target}`];
}

/** A folder of a floor with an order imports only from earlier ones. Tests and the files beside the folders may use all. */
function climbProblem(file: SourceFile, { path, inside = [] }: Floor, target: string): string[] {
  const folderOf = (each: string) => posix.dirname(each.slice(path.length + 1)).split('/')[0] ?? '.';
  const groupOf = (folder: string) => inside.findIndex((group) => group.includes(folder));
  const [own, other] = [folderOf(file.path), folderOf(target)];
  if (isTest(file.path) || own === '.' || other === '.' || own === other) return [];
  if (groupOf(own) === -1) return [`${path}/${own} is in no group of its floor`];
  return groupOf(other) >= 0 && groupOf(other) < groupOf(own)
    ? []
    : [`${path}/${own} may not import ${target}`];
}

/** Every circle of files that import each other, types included, without tests: the files of each in alphabetical order. */
export function findCircles(rootPath: string): string[][] {
  const imports = new Map<string, string[]>();
  for (const file of sourceFiles(rootPath, ['src'], /\.ts$/)) {
    if (isTest(file.path)) continue;
    const specifiers = nodesOf(file).flatMap((node) => importOf(file, node)?.specifier ?? []);
    imports.set(
      file.path,
      specifiers
        .filter((each) => each.startsWith('.'))
        .map((each) => posix.normalize(posix.join(posix.dirname(file.path), each))),
    );
  }
  return circlesIn(imports);
}

/** The strongly connected components of more than one node (Tarjan, 1972). */
function circlesIn(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): number => {
    const number = order.size;
    order.set(node, number);
    open.push(node);
    let low = number;
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (open.includes(next)) low = Math.min(low, order.get(next) ?? low);
    }
    if (low === number) {
      const circle = open.splice(open.indexOf(node));
      if (circle.length > 1) circles.push(circle.toSorted());
    }
    return low;
  };
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return circles.toSorted();
}

function environmentProblems(file: SourceFile, nodes: readonly Node[]): string[] {
  if (!isWithin(file.path, 'src') || isTest(file.path) || file.path in environmentReaders) return [];
  return nodes
    .filter(readsEnvironment)
    .map((node) => `${file.path}:${lineAt(file.text, node.start)}: may not read the environment`);
}

/** Recognises `process.env`, `process['env']`, `{ env } = process` and `import { env } from 'node:process'`. */
function readsEnvironment(node: Node): boolean {
  switch (node.type) {
    case 'MemberExpression':
      return nameOf(node.object) === 'process' && nameOf(node.property) === 'env';
    case 'VariableDeclarator':
      return nameOf(node.init) === 'process' && names(node.id, 'properties', 'key').includes('env');
    case 'ImportDeclaration':
      return (
        /^(node:)?process$/.test(nameOf(node.source) ?? '') &&
        names(node, 'specifiers', 'imported').includes('env')
      );
    default:
      return false;
  }
}

function names(node: unknown, list: string, key: string): (string | null)[] {
  const items = isNode(node) ? node[list] : undefined;
  return Array.isArray(items) ? items.map((item) => (isNode(item) ? nameOf(item[key]) : null)) : [];
}
