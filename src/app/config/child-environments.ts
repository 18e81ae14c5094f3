// Lists the variables of Moose's environment that its child processes get. Keys are never among them.

import { getCompileCacheDir } from 'node:module';
import { delimiter, dirname, join, sep } from 'node:path';
import { certificateVariables } from '../../domain/machine/project-variable.ts';
import { packageRoot } from '../../stdx/files/own-files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that a project's checks get; no key is among them. */
export const checkVariables = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'JAVA_HOME',
  'GOPATH',
  'GOFLAGS',
  'GOPROXY',
  'CARGO_HOME',
  'RUSTUP_HOME',
  'VIRTUAL_ENV',
  'PYENV_ROOT',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  // Trusted certificate authorities: behind a proxy, an installer reaches no registry without them.
  ...certificateVariables,
];

/** `wanted`: names of further variables, chosen by the operator of Moose. */
export function checkEnvironment(env: Environment, wanted: readonly string[]): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const name of [...checkVariables, ...wanted]) {
    const value = env[name];
    if (value !== undefined) seen[name] = value;
  }
  seen.PATH = withoutOwnTools(env.PATH ?? '');
  // With this variable, test runners run once instead of watching.
  seen.CI = '1';
  return seen;
}

/** The environment of Moose's own programs, with the directories of compiled code and of coverage. */
export function programEnvironment(env: Environment): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'NODE_V8_COVERAGE', 'NODE_EXTRA_CA_CERTS']) {
    const value = env[name];
    if (value !== undefined) seen[name] = value;
  }
  const codeCache = getCompileCacheDir();
  // Node appends a directory for its own version.
  if (codeCache !== undefined) seen.NODE_COMPILE_CACHE = dirname(codeCache);
  return seen;
}

/** The checks of a project use the tools of the machine, not those installed with Moose. */
export function withoutOwnTools(path: string): string {
  const isOwn = (entry: string) =>
    entry.startsWith(packageRoot + sep) ||
    entry.endsWith(join('node_modules', '.bin')) ||
    entry.includes(join('@npmcli', 'run-script'));
  const rest = path.split(delimiter).filter((entry) => entry !== '' && !isOwn(entry));
  // A machine without its own Node uses the one that runs Moose.
  return [...rest, dirname(process.execPath)].join(delimiter);
}
