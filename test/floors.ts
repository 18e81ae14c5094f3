// The floors of the project (the table in ARCHITECTURE.md is made from this one). A file may import from its own
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
}

const ground = ['src/stdx'];
const words = ['src/domain', ...ground];
const pure = [
  'src/resilience',
  'src/classifier',
  'src/finder',
  'src/config-file',
  'src/compatibility',
  ...words,
];
const means = ['src/store', 'src/postgres', 'src/durable', 'src/git', 'src/sessions', ...pure];
const adapters = ['src/engine/ports', ...means];
const faces = ['src/engine', 'src/contract', ...means];

/** The rooms of the engine, storey by storey from the ground up: a room imports only from lower storeys. */
const storeys: ReadonlyArray<Readonly<Record<string, string>>> = [
  { ports: 'the ports where users plug things in: only interfaces', paging: 'where a page of a list ends' },
  {
    policy: 'what the engine decides by: its settings, the recovery table, the assessment of work orders',
    prices: 'what models cost',
    outbox: 'notices, written with what they tell of',
    secrets: 'variables and secrets of projects, encrypted, and the keys to them',
    reading:
      'what a model is shown of a repository: its files, ranked for a request, within a limit of bytes',
  },
  { errors: 'every failure: its row, its fingerprint, its log, how to reproduce it' },
  {
    jobs: 'what is done again and again beside the runs',
    specs: 'specs, their plans, and what they may cost',
    learner: 'what is known of arms: the state of the learned policy, and how it is told outcomes',
  },
  {
    notify: 'delivers notices to channels',
    live: 'tells pages what has changed',
    pressure: 'how hard pressed this machine is, and what is degraded',
  },
  { questions: 'escalations: what is asked, with which options' },
  { recovery: 'decides about failures: circuits, retries, outages' },
  { run: 'what a run is given, and what its steps leave' },
  {
    budget: 'envelopes and the ledger of calls',
    effects: 'what is done to the world, and how it is undone',
    outcomes: 'one outcome for each attempt, and what judges it later',
  },
  {
    commands: 'what a person does to a work order, or to all of a spec',
    watch: 'what stands still, and what is forecast',
    intake: 'the Architect: has specs planned',
    access: 'tokens and the audit log',
  },
  {
    answers: 'carries out the answers to escalations; critical errors',
    views: 'what faces show of work orders and of health',
    settings: 'what a person changes while Moose runs',
    projects: 'projects and their own settings',
    sentinel: 'follows pull requests, and reads webhooks',
    schedules: 'scheduled work orders, each scheduled time at most once',
  },
  { learning: 'what came of attempts' },
  { pipeline: 'the steps of a work order' },
  { reconcile: 'differences between the tables and the world: how each is seen and repaired' },
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
    }),
  ),
);

export const floors: readonly Floor[] = [
  {
    level: '0',
    path: 'src/stdx',
    holds: 'what Node lacks: clock, random, sleep; no word of the domain',
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
    holds: 'what failed, read from what a program printed',
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
    holds: 'what one text of a contract breaks for those who rely on the text before it',
    mayImport: words,
    ownPackages: ['typescript-compiler'],
  },
  {
    level: '1',
    path: 'src/contract',
    holds: 'the shapes of what goes over the wire: HTTP, WebSocket, `--json`',
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
    holds: 'durable workflows: the only folder that imports DBOS',
    mayImport: ['src/store', 'src/postgres', ...pure],
    ownPackages: ['@dbos-inc/'],
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
    holds: 'the front door of the engine: what faces may ask of it',
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
    mayImport: ['src/engine/budget', ...adapters],
  },
  { level: '5', path: 'src/api', holds: 'a face: HTTP and WebSocket', mayImport: faces },
  { level: '5', path: 'src/cli', holds: 'a face: the command line', mayImport: faces },
  {
    level: '5',
    path: 'src/mcp',
    holds: 'a face: for assistants',
    mayImport: faces,
    ownPackages: ['@modelcontextprotocol/'],
  },
  {
    level: '5',
    path: 'src/telemetry',
    holds: 'a face: what other systems watch Moose by, metrics and traces',
    mayImport: faces,
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
    holds: 'the front door: hides keys, then starts the command line',
    mayImport: 'all',
  },
  { level: '–', path: 'src/demo', holds: 'the scripted model and its scratch repository', mayImport: 'all' },
  {
    level: '–',
    path: 'web',
    holds: 'Mission Control',
    mayImport: ['src/contract'],
    typesOnlyFrom: 'src/contract',
  },
  { level: '–', path: 'test', holds: 'what spans folders', mayImport: 'all' },
  {
    level: '–',
    path: 'chaos',
    holds: 'faults on a scratch instance, and who judges it',
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
  'src/app/config/code-cache.ts': 'finds the cache directory before settings can be read',
  'src/app/config/config.ts': 'turns the environment into settings',
  'src/app/config/own-environment.ts': 'takes the keys out of it, and gives the rest to the composition root',
  'src/git/git-version.ts': 'finds the git that a start executes (PATH)',
  'src/git/run-git.ts': 'hands git the part of the environment that it needs (PATH, HOME)',
};
