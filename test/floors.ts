// The floors of the project (the table in docs/reference/floors.md is made from this one). A file may import from its own
// floor's folder, from what `mayImport` names, and from nothing else of the project.

export interface Floor {
  /** A number after a dot is a storey of the engine. */
  level: `${number}` | '–';
  /** A folder or a file; if several match, the longest decides. */
  path: string;
  holds: string;
  mayImport: readonly string[] | 'all';
  /** Packages that only this floor may import, by the start of their name. */
  ownPackages?: readonly string[];
  /** Each folder inside is an adapter, which never imports its neighbours. */
  holdsAdapters?: true;
  /** A folder from which this floor may import only types. */
  typesOnlyFrom?: string;
  /** Its folders from the ground up: one imports only from those of earlier groups. */
  inside?: readonly (readonly string[])[];
}

const ground = ['src/stdx'];
const words = ['src/domain', ...ground];
const pure = [
  'src/resilience',
  'src/classifier',
  'src/finder',
  'src/config-file',
  'src/compatibility',
  'src/verification',
  ...words,
];
const means = ['src/store', 'src/postgres', 'src/durable', 'src/git', 'src/sessions', ...pure];
const adapters = ['src/engine/ports', ...means];
const interfaces = ['src/engine', 'src/contract', ...means];

/** The rooms of the engine, storey by storey from the ground up: a room imports only from lower storeys. */
const storeys: ReadonlyArray<Readonly<Record<string, string>>> = [
  { ports: 'interfaces that adapters implement: agents, forges, models, notifiers' },
  {
    policy:
      'settings, the recovery table, prices, secrets of projects, and how work orders are assessed; cursors of lists',
  },
  {
    errors:
      'every failure: its row, its fingerprint, its log, how to reproduce it; notices, written with their event',
  },
  {
    background: 'what runs beside the runs: periodic jobs, delivery of notices, what pages are told',
    access: 'tokens, invites, sign-ins and the audit log',
  },
  { questions: 'escalations, the questions to people: what is asked, with which options' },
  { recovery: 'decides about failures: circuits, retries, outages, the load of this machine' },
  {
    run: 'what the steps of a run share: its state, its effects and their undoing, envelopes and the ledger, reading the repository, whether changes are green together',
  },
  {
    learner: 'the learned policy: its state, its choices, and the outcomes that it learns from',
    specs: 'specs and their plans: the Architect, the Director, and what plans may cost',
  },
  { watch: 'stuck work, refinement that goes in circles, forecasts' },
  { commands: 'what a person does to a work order or a spec; answers to escalations; schedules' },
  {
    sentinel: 'follows pull requests and issues, and reads webhooks',
    settings: 'what a person changes while Moose runs: settings and projects',
    views: 'what interfaces show of work orders and of system health',
  },
  {
    workplace:
      'runs a process in a worktree: sessions, services, prepared environments, checks, logins, proofs',
  },
  {
    pipeline: 'the steps of a work order, one folder each',
    learning: 'statistics about outcomes: patterns, experiments, calibration, replay',
  },
  { reconcile: 'finds and repairs differences between the database and what it describes' },
];

/** The steps import nothing of each other: what two of them need stands below. */
const insideThePipeline = [
  ['groups'],
  ['models'],
  ['review'],
  ['routing', 'preparing', 'generating', 'applying', 'verifying', 'creating-pr', 'tracking'],
  ['failure'],
];

const rooms = storeys.map((storey) => Object.keys(storey).map((room) => `src/engine/${room}`));

const engineFloors: readonly Floor[] = storeys.flatMap((storey, index) =>
  Object.entries(storey).map(
    ([room, holds]): Floor => ({
      level: `3.${String(index + 1).padStart(2, '0')}` as Floor['level'],
      path: `src/engine/${room}`,
      holds,
      mayImport: room === 'ports' ? words : [...rooms.slice(0, index).flat(), 'src/contract', ...means],
      typesOnlyFrom: 'src/contract',
      ...(room === 'pipeline' ? { inside: insideThePipeline } : {}),
    }),
  ),
);

export const floors: readonly Floor[] = [
  {
    level: '0',
    path: 'src/stdx',
    holds: 'helpers that Node lacks, such as clock, random and sleep; knows nothing of the domain',
    mayImport: [],
  },
  {
    level: '1',
    path: 'src/domain',
    holds: 'types and pure rules: ids, transitions, failure, money',
    mayImport: ground,
  },
  {
    level: '1',
    path: 'src/resilience',
    holds: 'the pure core of recovery: backoff, retry, circuit, budget',
    mayImport: words,
  },
  {
    level: '1',
    path: 'src/classifier',
    holds: 'classifies failures by what a program printed',
    mayImport: words,
  },
  {
    level: '1',
    path: 'src/finder',
    holds: 'setup, checks and tools of a project, found in its files',
    mayImport: words,
  },
  {
    level: '1',
    path: 'src/config-file',
    holds: 'the keys of `.moose/config.yml`, and how its text is read',
    mayImport: words,
  },
  {
    level: '1',
    path: 'src/compatibility',
    holds: 'compares two versions of a contract: what the new one breaks',
    mayImport: words,
    ownPackages: ['typescript-compiler'],
  },
  {
    level: '1',
    path: 'src/verification',
    holds:
      'what verifies a change beside exit codes: product and evidence, reports of test runners, the verdict',
    mayImport: ['src/classifier', ...words],
    ownPackages: ['@vscode/tree-sitter-wasm'],
  },
  {
    level: '1',
    path: 'src/contract',
    holds: 'operations and shapes of what goes over the wire: HTTP, WebSocket, `--json`',
    mayImport: words,
  },
  {
    level: '2',
    path: 'src/postgres',
    holds: 'the embedded PostgreSQL server',
    mayImport: words,
  },
  {
    level: '2',
    path: 'src/store',
    holds: 'the tables of Moose: connections, schema, and the statements of each aggregate',
    mayImport: ['src/postgres', ...pure],
  },
  {
    level: '2',
    path: 'src/durable',
    holds: 'the queue of runs, and which process lives: the only folder that imports graphile-worker',
    mayImport: ['src/store', 'src/postgres', ...pure],
    ownPackages: ['graphile-worker'],
  },
  { level: '2', path: 'src/git', holds: 'worktrees, branches, patches', mayImport: ['src/store', ...pure] },
  {
    level: '2',
    path: 'src/sessions',
    holds: 'detached, supervised processes and their adoption',
    mayImport: ['src/store', ...pure],
  },
  ...engineFloors,
  {
    level: '3.99',
    path: 'src/engine',
    holds: 'the entry point of the engine: what interfaces may call',
    mayImport: [...rooms.flat(), 'src/contract', ...means],
    typesOnlyFrom: 'src/contract',
  },
  { level: '4', path: 'src/agents', holds: 'coding agents', mayImport: adapters, holdsAdapters: true },
  {
    level: '4',
    path: 'src/forges',
    holds: 'where pull requests live',
    mayImport: adapters,
    holdsAdapters: true,
  },
  { level: '4', path: 'src/models', holds: 'language models', mayImport: adapters, holdsAdapters: true },
  {
    level: '4',
    path: 'src/notifiers',
    holds: 'channels to people',
    mayImport: adapters,
    holdsAdapters: true,
  },
  {
    level: '4',
    path: 'src/gateway',
    holds: 'the metering proxy in front of every model call',
    mayImport: ['src/engine/run/budget', ...adapters],
    ownPackages: ['@aws-sdk/', '@smithy/'],
  },
  { level: '5', path: 'src/api', holds: 'the interface over HTTP and WebSocket', mayImport: interfaces },
  { level: '5', path: 'src/cli', holds: 'the command line', mayImport: interfaces },
  {
    level: '5',
    path: 'src/mcp',
    holds: 'the interface for assistants (MCP)',
    mayImport: interfaces,
    ownPackages: ['@modelcontextprotocol/'],
  },
  {
    level: '5',
    path: 'src/telemetry',
    holds: 'metrics and traces for other monitoring systems',
    mayImport: interfaces,
    ownPackages: ['@opentelemetry/', 'prom-client'],
  },
  {
    level: '6',
    path: 'src/app',
    holds: 'the composition root: reads the environment, builds everything, starts programs',
    mayImport: 'all',
  },
  {
    level: '6',
    path: 'src/main.ts',
    holds: 'the entry point: hides keys, then starts the command line',
    mayImport: 'all',
  },
  { level: '–', path: 'src/demo', holds: 'the scripted model and its scratch repository', mayImport: 'all' },
  {
    level: '–',
    path: 'web',
    holds: 'Mission Control',
    // How parts become turns is the same in a terminal.
    mayImport: ['src/contract', 'src/domain/agents/transcript.ts'],
    typesOnlyFrom: 'src/contract',
  },
  { level: '–', path: 'test', holds: 'tests that span folders', mayImport: 'all' },
  {
    level: '–',
    path: 'chaos',
    holds: 'injects faults into a scratch instance, and judges it',
    mayImport: 'all',
  },
  { level: '–', path: 'bench', holds: 'benchmarks', mayImport: 'all' },
  { level: '–', path: 'scripts', holds: 'tools of the project', mayImport: 'all' },
];

/** What only the composition root (floor 6) may import within `src`; tests may import it too, and also `test`. */
export const importedByTheRootAlone = [
  ...floors.filter((floor) => floor.level === '6').map((floor) => floor.path),
  ...['src/demo', 'test', 'chaos', 'bench', 'scripts'],
];

/**
 * Files that read the environment: settings come in through `src/app/config/config.ts`, every other file needs a
 * reason.
 */
export const environmentReaders: Readonly<Record<string, string>> = {
  'src/app/certify/witness-program.ts':
    'finds the processes of its own session by the mark that all of them carry',
  'src/app/config/code-cache.ts': 'finds the cache directory before settings can be read',
  'src/app/config/config.ts': 'turns the environment into settings',
  'src/app/config/own-environment.ts': 'takes the keys out of it, and gives the rest to the composition root',
  'src/app/gateway-program.ts': 'takes the allocator variables of its start out of it',
  'src/git/run/git-version.ts': 'finds the git that a start executes (PATH)',
  'src/stdx/http/forward-proxy.ts': 'the proxy of the environment is that of every request, as for git',
  'src/git/run/run-git.ts': 'hands git the part of the environment that it needs (PATH, HOME)',
};
