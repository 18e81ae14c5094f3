// The PostgreSQL that a project's tests need according to its CI or compose file, as a daemon without containers:
// Debian's server, with a new cluster for each worktree (R-PROJ-4). It is only proposed. Pure.
import { readYaml } from '../stdx/text/bounded-yaml.ts';
import type { ProjectFiles } from './project-files.ts';

export interface ProposedDaemon {
  name: string;
  command: string;
  /** The log text that shows that the daemon is ready. */
  log: string;
  /** The file that shows that the tests need it. */
  source: string;
  /** The variables that tell the project's commands how to reach it. */
  environment: Readonly<Record<string, string>>;
}

const workflowFolder = '.github/workflows';
const composeNames = /^(docker-)?compose(\.\w+)?\.ya?ml$/;
const image = /^(?:[\w.-]+\/)*(?:postgres|postgresql|postgis|pgvector|timescaledb)(?:[:@].*)?$/;
const plainName = /^[A-Za-z_][\w-]{0,62}$/;
const limits = { filesMax: 20, charsMax: 64 * 1024, aliasesMax: 20 };
const defaultPort = 5432;

type Map = Readonly<Record<string, unknown>>;

export function findDatabase(files: ProjectFiles): ProposedDaemon | null {
  const workflows = files
    .list(workflowFolder)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `${workflowFolder}/${name}`);
  const composed = files.list('').filter((name) => composeNames.test(name));
  for (const path of [...workflows, ...composed].slice(0, limits.filesMax)) {
    const read = readYaml(files.read(path) ?? '', limits);
    if ('problem' in read) continue;
    const all = composed.includes(path) ? ofCompose(mapOf(read.value)) : ofWorkflow(mapOf(read.value));
    const [found] = all.filter(({ service }) => image.test(textOf(service.image)));
    if (found) return proposed(path, found);
  }
  return null;
}

interface Found {
  name: string;
  service: Map;
  /** The environment of the CI job or compose file around it. */
  around: Readonly<Record<string, string>>;
}

function ofWorkflow(workflow: Map): Found[] {
  return Object.values(mapOf(workflow.jobs))
    .map(mapOf)
    .flatMap((job) => {
      const steps = Array.isArray(job.steps) ? job.steps.map((step) => textsOf(mapOf(step).env)) : [];
      const around = Object.assign({}, textsOf(workflow.env), textsOf(job.env), ...steps);
      return Object.entries(mapOf(job.services)).map(([name, service]) => ({
        name,
        service: mapOf(service),
        around,
      }));
    });
}

function ofCompose(compose: Map): Found[] {
  return Object.entries(mapOf(compose.services)).map(([name, service]) => ({
    name,
    service: mapOf(service),
    around: {},
  }));
}

function proposed(source: string, { name, service, around }: Found): ProposedDaemon {
  const env = textsOf(service.env ?? service.environment);
  const user = nameIn(env.POSTGRES_USER) ?? 'postgres';
  const port = portOf(service.ports);
  return {
    name: 'postgres',
    command: commandOf({ user, database: nameIn(env.POSTGRES_DB) ?? user, port }),
    log: 'ready to accept connections',
    source,
    environment: environmentOf(around, name),
  };
}

function commandOf({ user, database, port }: { user: string; database: string; port: number }): string {
  const lines = [
    'set -e',
    'PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)"',
    'data=$(mktemp -d) as=',
    '# PostgreSQL refuses to run as root.',
    'if [ "$(id -u)" = 0 ]; then',
    '  chown 65534:65534 "$data"',
    '  as="setpriv --reuid=65534 --regid=65534 --clear-groups"',
    'fi',
    `$as initdb -D "$data/db" --username ${user} --auth trust --encoding UTF8 --locale C --no-sync`,
    ...(database === 'postgres'
      ? []
      : [`echo 'CREATE DATABASE "${database}"' | $as postgres --single -D "$data/db" postgres`]),
    `exec $as postgres -D "$data/db" -p ${port} -c listen_addresses=localhost -c unix_socket_directories= -c fsync=off`,
  ];
  return lines.join('\n');
}

/** The port on the machine, such as 5433 in `5433:5432`. */
function portOf(ports: unknown): number {
  const [first] = Array.isArray(ports) ? ports : [];
  const [, port] = /^(?:(?:\d+\.){3}\d+:)?(\d{1,5})(?::\d+)?$/.exec(String(first ?? '')) ?? [];
  const number = Number(port ?? defaultPort);
  return number >= 1024 && number < 65_536 ? number : defaultPort;
}

/** Without passwords: the server requires none, and everybody who can read the repository can read the file. */
function environmentOf(
  around: Readonly<Record<string, string>>,
  serviceName: string,
): Record<string, string> {
  const isHere = (host: string) => ['localhost', '127.0.0.1', serviceName].includes(host);
  const found = Object.entries(around).flatMap(([name, value]) => {
    if (name === 'PGHOST') return isHere(value) ? [[name, 'localhost']] : [];
    if (/^PG(?:PORT|USER|DATABASE)$/.test(name)) return /^[\w-]{1,63}$/.test(value) ? [[name, value]] : [];
    const url = /^postgres(?:ql)?(?:\+\w+)?:\/\//.test(value) ? URL.parse(value) : null;
    if (url === null || !isHere(url.hostname)) return [];
    const [scheme = ''] = value.split('://');
    const user = url.username === '' ? '' : `${url.username}@`;
    const port = url.port === '' ? '' : `:${url.port}`;
    return [[name, `${scheme}://${user}localhost${port}${url.pathname}${url.search}`]];
  });
  return Object.fromEntries(found);
}

function nameIn(text: string | undefined): string | null {
  return text !== undefined && plainName.test(text) ? text : null;
}

/** Reads a map of texts, or a list of `NAME=value`. `${NAME:-value}` becomes its default value. */
function textsOf(value: unknown): Record<string, string> {
  const pairs = Array.isArray(value)
    ? value.map((each) => /^(\w+)=(.*)$/.exec(textOf(each))?.slice(1) ?? [])
    : Object.entries(mapOf(value));
  return Object.fromEntries(
    pairs
      .filter(([, text]) => typeof text === 'string' || typeof text === 'number')
      .map(([name, text]) => [String(name), String(text).replace(/^\$\{\w+:?-([^}]*)\}$/, '$1')]),
  );
}

function mapOf(value: unknown): Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Map) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
