// What of Moose's own environment its children get: lists of names, and no key is on any of them.
import { delimiter, dirname, join, resolve, sep } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const packageRoot = resolve(import.meta.dirname, '../../..');

/** What a project's checks may see of Moose's environment: no key is among it. */
const checkVariables = [
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
  // Authorities that are trusted: without them an installer behind such a proxy reaches no registry.
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'PIP_CERT',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
];

/** `wanted`: what the project needs beyond the list, named by who runs Moose. */
export function checkEnvironment(env: Environment, wanted: readonly string[]): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const name of [...checkVariables, ...wanted]) {
    const value = env[name];
    if (value !== undefined) seen[name] = value;
  }
  seen.PATH = withoutOwnTools(env.PATH ?? '');
  // What test runners look for, to run once and not to watch.
  seen.CI = '1';
  return seen;
}

/** Coverage is measured in them too, where it is measured at all. */
export function programEnvironment(env: Environment): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'NODE_V8_COVERAGE', 'NODE_EXTRA_CA_CERTS']) {
    const value = env[name];
    if (value !== undefined) seen[name] = value;
  }
  return seen;
}

/** A project's checks run with the machine's own tools, not with those that Moose was installed with. */
export function withoutOwnTools(path: string): string {
  const isOwn = (entry: string) =>
    entry.startsWith(packageRoot + sep) ||
    entry.endsWith(join('node_modules', '.bin')) ||
    entry.includes(join('@npmcli', 'run-script'));
  const rest = path.split(delimiter).filter((entry) => entry !== '' && !isOwn(entry));
  // Where the machine has no Node of its own, the one that runs Moose serves.
  return [...rest, dirname(process.execPath)].join(delimiter);
}
