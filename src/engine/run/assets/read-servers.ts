// Reads the servers that a repository declares for agents. Only programs that the session itself can start count: an
// agent has no network except the gateway.
import { ownServerName } from '../../../domain/work-order/subtask.ts';
import type { AgentServer } from '../../ports/agent.ts';

/** Files with a member `mcpServers`; most programs read the first one. */
export const serverFiles = ['.mcp.json', '.gemini/settings.json', '.qwen/settings.json'];

export interface ReadServers {
  servers: AgentServer[];
  leftOut: { name: string; because: string }[];
}

const serversMax = 10;
const wordsMax = 50;
const charsMax = 4_000;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** The command is the first word after the settings of `env`: neither an option nor a variable. */
const commandPattern = /^[^-=][^=]*$/;
/** Placeholders that programs replace by a variable, or by the content of a file. */
const reference = /\$\{|\{(?:env|file):/;
const variablePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function readServers(texts: ReadonlyMap<string, string>): ReadServers {
  const found: ReadServers = { servers: [], leftOut: [] };
  for (const path of serverFiles) {
    const text = texts.get(path);
    if (text === undefined) continue;
    const declared = declaredIn(text);
    if (declared === null) found.leftOut.push({ name: path, because: 'it is not valid JSON' });
    else for (const [name, value] of Object.entries(declared)) addServer(found, name, value);
  }
  return found;
}

function addServer({ servers, leftOut }: ReadServers, name: string, value: unknown): void {
  if (servers.some((server) => server.name === name)) return;
  const server = serverOf(name, value);
  if (typeof server === 'string') leftOut.push({ name: shown(name), because: server });
  else if (servers.length >= serversMax)
    leftOut.push({ name, because: `only ${serversMax} servers are possible` });
  else servers.push(server);
}

/** For display: a name may contain anything. */
function shown(name: string): string {
  return namePattern.test(name) ? name : JSON.stringify(name.slice(0, 64));
}

function declaredIn(text: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed)) return null;
    return isObject(parsed.mcpServers) ? parsed.mcpServers : {};
  } catch {
    // Reported to people as left out.
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns a text with the reason if the server is left out. */
function serverOf(name: string, value: unknown): AgentServer | string {
  if (!namePattern.test(name)) return 'its name has other characters than letters, digits, - and _';
  if (name === ownServerName) return "the name belongs to Moose's own server";
  if (!isObject(value)) return 'it is not an object';
  const { command, args = [], env = {} } = value;
  if (command === undefined) return 'it is reached over the network, which an agent does not have';
  if (!isWord(command) || !commandPattern.test(command)) return 'its command is not the name of a program';
  if (!Array.isArray(args) || args.length > wordsMax || !args.every(isWord))
    return 'its arguments are not a list of words';
  if (!isObject(env)) return 'its variables are not words';
  const variables: Record<string, string> = {};
  for (const [key, text] of Object.entries(env)) {
    if (!variablePattern.test(key) || !isWord(text)) return 'its variables are not words';
    variables[key] = text;
  }
  if ([command, ...args, ...Object.values(variables)].some((word) => reference.test(word)))
    return 'it refers to a variable, and agents get those that a person names for them only';
  return { name, command, args, env: variables };
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.length <= charsMax && !value.includes('\0');
}

/** These run files of the repository or inline code; the arguments do not show which files. */
const runners =
  /^(?:(?:ba|da|z|k|fi)?sh|npm|pnpm|yarn|bun|deno|make|just|task|mise|rake|bundle|gradlew?|mvnw?|cargo|go|uv|poetry|pdm|hatch|tox|nox|pipenv|env|timeout|nohup|xargs|docker|podman)$/;
/** These run a published package, unless the repository says otherwise: in a manifest, a lock file or the settings of the registry. */
const fetchers = /^(?:npx|bunx|pnpx|uvx|pipx)$/;
const saysWhatToFetch =
  /(?:^|\/)(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-(?:lock|workspace)\.yaml|yarn\.lock|\.yarnrc(?:\.yml)?|\.npmrc|bun\.lockb?|bunfig\.toml|pyproject\.toml|uv\.(?:lock|toml)|pip\.conf)$|(?:^|\/)node_modules\//;

/** Whether the change has modified the program that starts the server: then the server is not trusted. */
export function isTouched({ command, args }: AgentServer, changed: readonly string[]): boolean {
  const program = command.slice(command.lastIndexOf('/') + 1);
  if (runners.test(program) && changed.length > 0) return true;
  if (fetchers.test(program) && changed.some((path) => path.endsWith('/') || saysWhatToFetch.test(path)))
    return true;
  const words = [command, ...args].flatMap((word) => [word, word.slice(word.indexOf('=') + 1)]);
  const named = words.map((word) => word.replace(/^(?:\.\/)+/, '').replace(/\/+$/, ''));
  const isIn = (path: string, folder: string) =>
    path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
  // The path of a repository inside the worktree ends with a slash, and stands for everything in it.
  return changed.some((path) =>
    named.some((name) => path === name || isIn(path, name) || (path.endsWith('/') && isIn(name, path))),
  );
}
