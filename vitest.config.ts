import type { Plugin } from 'vite';
import { configDefaults, defineConfig } from 'vitest/config';
import { CountReporter } from './test/count-reporter.ts';
import { ErrorPathReporter } from './test/error-path-reporter.ts';
import { markErrorPaths } from './test/error-paths/mark-error-paths.ts';
import { makeRunsFile, runsFileOfEnv } from './test/error-paths/runs-file.ts';
import { isLong, longOr } from './test/long.ts';
import { QuietReporter } from './test/quiet-reporter.ts';
import { askedRing, endToEndOfFirstRing, unitsOfSecondRing } from './test/rings.ts';
import { SlowFirst } from './test/slow-first.ts';

// `unit` stands beside the code and is quick; `e2e` starts the whole of Moose, after the unit tests.

// What hangs is told from what a busy machine takes longer for: no test measures time by these.
const unitTimeoutMs = longOr(150_000, 120_000);
const e2eTimeoutMs = 180_000;
// A hook opens and drops databases, so it waits for the server, for which all workers wait at the same time.
const hookTimeoutMs = 180_000;

const named = process.argv.slice(2).filter((argument) => argument !== '--no-color');
/** Nothing is named: all tests of the ring, or of both. */
const isWhole = named.join(' ') === 'run';
const ring = askedRing(process.env);
const measuresErrorPaths = (isWhole && ring === 'all') || process.env.MOOSE_ERROR_PATHS !== undefined;
/** Of the first ring too, if both rings run one after the other. */
const givenRunsPath = measuresErrorPaths ? runsFileOfEnv() : null;
const runsPath = measuresErrorPaths ? (givenRunsPath ?? makeRunsFile()) : null;
const isLastRing = ring === 'all' || (ring === 'second' && givenRunsPath !== null);

const unitTests = [
  'src/**/*.test.ts',
  'web/src/**/*.test.ts',
  'bench/**/*.test.ts',
  'chaos/**/*.test.ts',
  'test/*.test.ts',
];
/** Tests of other projects, which changes are judged by. */
const notOwnTests = ['bench/green/corpus/**'];
const endToEndTests = ['test/{e2e,agents,forges,real-input,containers}/**/*.test.ts'];

const startsBuilt = "import.meta.filename.endsWith('.js')";

/**
 * Moose in a test runs from its sources, but starts its other programs (gateway, launcher) from the build, which
 * `test/built-moose.ts` brings up to date: they start in a third of the time.
 */
const builtPrograms: Plugin = {
  name: 'built-programs',
  enforce: 'pre',
  transform: {
    filter: { id: /\/src\/stdx\/own-files\.ts$/ },
    handler(code) {
      if (!code.includes(startsBuilt)) throw new Error(`own-files.ts no longer says ${startsBuilt}`);
      return { code: code.replace(startsBuilt, 'true'), map: null };
    },
  },
};

export default defineConfig({
  plugins: [builtPrograms, ...(runsPath === null ? [] : [markErrorPaths(import.meta.dirname)])],
  test: {
    reporters: [
      ...(isWhole || !process.stdout.isTTY ? [new QuietReporter()] : configDefaults.reporters),
      new ErrorPathReporter({ isJudged: isWhole && isLastRing, runsPath }),
      new CountReporter({ isWhole, ring }),
    ],
    pool: 'forks',
    // New objects of tests die young. With the usual 1 MB for them, a twentieth of the computing time went into moving them.
    execArgv: ['--min-semi-space-size=16', '--max-semi-space-size=32'],
    sequence: { sequencer: SlowFirst },
    // A poll waits for what must come; by default it gives up after a second, which is too short on a busy machine.
    expect: { poll: { timeout: 60_000 } },
    globalSetup: ['test/built-moose.ts', 'test/database-server.ts'],
    setupFiles: [
      'test/keep-compiled-code.ts',
      'test/put-back-environment.ts',
      ...(isLong ? ['test/many-runs.ts'] : []),
    ],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ring === 'second' ? [...unitsOfSecondRing] : unitTests,
          exclude: [
            ...configDefaults.exclude,
            ...notOwnTests,
            ...(ring === 'first' ? unitsOfSecondRing : []),
          ],
          testTimeout: unitTimeoutMs,
          hookTimeout: hookTimeoutMs,
          // The files of a worker share a process and the modules that it has loaded: loading them again for each file
          // took half of the time of a quick one. Whatever a test changes in its process, it puts back.
          isolate: false,
          unstubEnvs: true,
          // Half of their time is spent waiting for processes and the database.
          maxWorkers: 4,
          // Not 0, which means last, not first, on a machine with one worker.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ring === 'first' ? [...endToEndOfFirstRing] : endToEndTests,
          exclude: [...configDefaults.exclude, ...(ring === 'second' ? endToEndOfFirstRing : [])],
          testTimeout: e2eTimeoutMs,
          hookTimeout: hookTimeoutMs,
          // As above: to load the whole of Moose takes two seconds of a core.
          isolate: false,
          unstubEnvs: true,
          // A third of their time is spent waiting for processes. Each has a database of its own.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
