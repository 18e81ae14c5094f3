// The floors of the project (the table in ARCHITECTURE.md is made from this one). A file may import from its own
// floor's folder, from what `mayImport` names, and from nothing else of the project.

export interface Floor {
  level: '0' | '1' | '2' | '3' | '4' | '5' | '6' | '–';
  /** A folder, or a file; of several that fit, the longest decides. */
  path: string;
  holds: string;
  mayImport: readonly string[] | 'all';
  /** The packages that this floor alone may import, by the start of their name. */
  ownPackages?: readonly string[];
  /** Each folder inside is an adapter, which never imports its neighbours. */
  holdsAdapters?: true;
  /** Imports types and nothing that runs. */
  typesOnly?: true;
}

const ground = ['src/stdx'];
const words = ['src/domain', ...ground];
const pure = ['src/resilience', ...words];
const means = ['src/store', 'src/durable', 'src/git', 'src/sessions', ...pure];
const adapters = ['src/engine/ports', ...means];
const faces = ['src/engine', ...means];

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
    holds: 'the pure core of recovery: classify, backoff, retry, circuit, policy table',
    mayImport: words,
  },
  {
    level: '2',
    path: 'src/store',
    holds: 'PostgreSQL: the embedded server, migrations, one file per aggregate',
    mayImport: pure,
  },
  {
    level: '2',
    path: 'src/durable',
    holds: 'durable workflows: the only folder that imports DBOS',
    mayImport: ['src/store', ...pure],
    ownPackages: ['@dbos-inc/'],
  },
  { level: '2', path: 'src/git', holds: 'worktrees, branches, patches', mayImport: ['src/store', ...pure] },
  {
    level: '2',
    path: 'src/sessions',
    holds: 'detached, supervised processes and their adoption',
    mayImport: ['src/store', ...pure],
  },
  {
    level: '3',
    path: 'src/engine',
    holds: 'what Moose does: one folder per concern',
    mayImport: ['src/engine/ports', ...means],
  },
  {
    level: '3',
    path: 'src/engine/ports',
    holds: 'the seams where users plug things in: interfaces alone',
    mayImport: words,
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
  { level: '6', path: 'src/config.ts', holds: 'reads the environment', mayImport: 'all' },
  {
    level: '6',
    path: 'src/given-environments.ts',
    holds: 'what of its environment Moose hands on to its children',
    mayImport: 'all',
  },
  {
    level: '6',
    path: 'src/gateway-process.ts',
    holds: "the composition root: the gateway's process, from Moose's side",
    mayImport: 'all',
  },
  {
    level: '6',
    path: 'src/gateway-guard.ts',
    holds: 'the composition root: the shared circuits, as the gateway asks them',
    mayImport: 'all',
  },
  {
    level: '6',
    path: 'src/gateway-program.ts',
    holds: 'the composition root: the program of the gateway',
    mayImport: 'all',
  },
  { level: '6', path: 'src/given-values.ts', holds: 'what a setting may be', mayImport: 'all' },
  { level: '6', path: 'src/given-prices.ts', holds: 'what models cost, as a setting', mayImport: 'all' },
  {
    level: '6',
    path: 'src/open-prices.ts',
    holds: 'the composition root: states the prices to the database',
    mayImport: 'all',
  },
  { level: '6', path: 'src/agents.ts', holds: 'the composition root: the agents by name', mayImport: 'all' },
  { level: '6', path: 'src/diagnose.ts', holds: 'looks at everything that a run needs', mayImport: 'all' },
  { level: '6', path: 'src/compose.ts', holds: 'the composition root: builds everything', mayImport: 'all' },
  {
    level: '6',
    path: 'src/carry.ts',
    holds: 'the composition root: a process that carries work',
    mayImport: 'all',
  },
  {
    level: '6',
    path: 'src/log.ts',
    holds: 'the composition root: the log, which tells no secret',
    mayImport: 'all',
  },
  {
    level: '6',
    path: 'src/serve.ts',
    holds: 'the composition root: the interface over HTTP',
    mayImport: 'all',
  },
  {
    level: '6',
    path: 'src/notifiers.ts',
    holds: 'the composition root: the channels that there is an address for',
    mayImport: 'all',
  },
  {
    level: '6',
    path: 'src/face-settings.ts',
    holds: 'the composition root: the settings of faces and channels',
    mayImport: 'all',
  },
  { level: '6', path: 'src/version.ts', holds: 'which Moose this is', mayImport: 'all' },
  { level: '6', path: 'src/main.ts', holds: 'the program', mayImport: 'all' },
  { level: '–', path: 'src/demo', holds: 'the scripted model and its scratch repository', mayImport: 'all' },
  { level: '–', path: 'web', holds: 'Mission Control', mayImport: ['src/api/contract.ts'], typesOnly: true },
  { level: '–', path: 'test', holds: 'what spans folders', mayImport: 'all' },
  { level: '–', path: 'chaos', holds: 'fault scenarios', mayImport: 'all' },
  { level: '–', path: 'bench', holds: 'benchmarks', mayImport: 'all' },
  { level: '–', path: 'scripts', holds: 'tools of the project', mayImport: 'all' },
];

/** What nothing in `src` may import but the composition root, floor 6; a test may also import `test`. */
export const importedByTheRootAlone = [
  ...floors.filter((floor) => floor.level === '6').map((floor) => floor.path),
  ...['src/demo', 'test', 'chaos', 'bench', 'scripts'],
];

/** The readers of the environment: configuration comes in through `src/config.ts`, the rest needs a reason. */
export const environmentReaders: Readonly<Record<string, string>> = {
  'src/config.ts': 'turns the environment into settings',
  'src/main.ts': 'the composition root',
  'src/git/run-git.ts': 'hands git the part of the environment that it needs (PATH, HOME)',
};
