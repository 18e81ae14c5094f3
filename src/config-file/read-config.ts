// Reads `.moose/config.yml`. Pure: the caller has read the text from the base commit, never from a change (R-PROJ-2).
import type { z } from 'zod';
import type { ConfigurationError } from '../domain/failure.ts';
import { nearNames } from '../domain/text/near-names.ts';
import { redact } from '../domain/text/redact.ts';
import { readYaml, type YamlPlace, type YamlRead } from '../stdx/text/bounded-yaml.ts';
import { configOf, configSchema, type ProjectConfig } from './config-schema.ts';
import { configBytesMax, invalidConfig } from './invalid-config.ts';

/** @throws ConfigurationError `PROJECT_CONFIG_INVALID`, with file, line and column */
export function readConfig(text: string): ProjectConfig {
  const read = readYaml(text, { charsMax: configBytesMax, aliasesMax: 0 });
  if ('problem' in read) throw invalidConfig(read.problem, read.place);
  // An empty file, or one with only comments, sets nothing.
  const parsed = configSchema.safeParse(read.value ?? {});
  if (!parsed.success) throw issueError(parsed.error.issues, read);
  refuseSecrets(parsed.data, read);
  return configOf(parsed.data);
}

type Placed = Exclude<YamlRead, { problem: string }>;
type Issue = z.core.$ZodIssue;

function issueError(issues: readonly Issue[], read: Placed): ConfigurationError {
  // Reports a misspelt key first, because it explains a missing one; otherwise the first problem in the file.
  const [first = { problem: 'it is not valid', place: { line: 1, column: 1 } }] = issues
    .map((issue) => problemOf(issue, read))
    .sort(
      (a, b) =>
        Number(b.isUnknownKey === true) - Number(a.isUnknownKey === true) ||
        a.place.line - b.place.line ||
        a.place.column - b.place.column,
    );
  return invalidConfig(first.problem, first.place, first.hint);
}

interface Problem {
  problem: string;
  place: YamlPlace;
  isUnknownKey?: true;
  hint?: string;
}

function problemOf(issue: Issue, read: Placed): Problem {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const problem = `there is no key "${shown(key)}"${whereText(path)}`;
    const [near] = nearNames(key, keysAt(path));
    return {
      problem,
      place: read.placeOf([...path, key], 'key'),
      isUnknownKey: true,
      ...(near === undefined ? {} : { hint: `Did you mean "${near}"?` }),
    };
  }
  if (issue.code === 'invalid_key') {
    const what = issue.issues[0]?.message ?? 'is not a valid name';
    return { problem: `the name "${shown(String(path.at(-1)))}" ${what}`, place: read.placeOf(path, 'key') };
  }
  if (issue.code === 'invalid_union') {
    const inner = issue.errors
      .flat()
      .find(({ path: below, code }) => below.length > 0 || code !== 'invalid_type');
    if (inner) return problemOf({ ...inner, path: [...path, ...inner.path] }, read);
  }
  const what = path.length === 0 ? 'the file' : keyText(path);
  const isMissing = issue.code === 'invalid_type' && valueAt(read.value, path) === undefined;
  return { problem: `${what} ${isMissing ? 'is missing' : issue.message}`, place: read.placeOf(path) };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

function keyText(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === 'number' ? ` entry ${part + 1}` : `.${shown(String(part))}`))
    .join('');
  return text.replace(/^\./, '');
}

function whereText(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '' : ` in ${keyText(path)}`;
}

const shownCharsMax = 60;

function shown(text: string): string {
  return redact(text).slice(0, shownCharsMax);
}

function keysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(configSchema.shape);
  if (path[0] === 'checks') return ['kind', 'command'];
  return path[2] === 'ready'
    ? ['port', 'command', 'log', 'url']
    : ['command', 'ready', 'timeout', 'needs', 'url', 'port', 'preview'];
}

/** Refuses secrets in the file, because everybody who can read the repository can read it. */
function refuseSecrets(config: z.infer<typeof configSchema>, read: Placed): void {
  for (const { path, text } of textsIn(config)) {
    if (redact(text) === text) continue;
    throw invalidConfig(
      `${keyText(path)} contains a secret. Remove it from the repository and from git's history, and replace the secret`,
      read.placeOf(path),
    );
  }
}

function textsIn(
  value: unknown,
  path: readonly PropertyKey[] = [],
): { path: readonly PropertyKey[]; text: string }[] {
  if (typeof value === 'string') {
    // The name of the variable counts too: in `API_KEY: abc…` it marks the value as a secret.
    const named = path[0] === 'environment' ? `${String(path.at(-1))}=${value}` : value;
    return [{ path, text: value }, ...(named === value ? [] : [{ path, text: named }])];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    textsIn(each, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}
