// Finds the registered forge that a remote's address belongs to, and the repository there. Pure.
import { isMooseError } from '../domain/failure.ts';
import { readRemoteAddress } from '../git/remote/remote-address.ts';
import { decoded } from '../stdx/text/decoded.ts';

export interface OnHost<Host> {
  host: Host;
  /** `owner/name`; on GitLab with all groups. */
  path: string;
}

/** Forges use another port for ssh, and github.com also another name. */
const hostsOfSsh: Readonly<Record<string, string>> = {
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
};

/** Null if no registered forge has this address: a folder, an unknown host, or an ssh host that several match. */
export function repositoryOnForge<Host extends { host: string; kind: string }>(
  address: string,
  hosts: readonly Host[],
): OnHost<Host> | null {
  const url = readable(address);
  if (url === null || url.hostname === '') return null;
  const matching =
    url.protocol === 'ssh:'
      ? hosts.filter(({ host }) => withoutPort(host) === (hostsOfSsh[url.hostname] ?? url.hostname))
      : hosts.filter(({ host }) => hostOf(host, url.protocol) === url.host);
  const [host, another] = matching;
  if (!host || another) return null;
  const parts = decoded(url.pathname)
    .replace(/^\/(?:~\/)?/, '')
    .split('/');
  // A forge may be below a path of its host; only GitLab has nested groups.
  const kept = host.kind === 'gitlab' ? parts : parts.slice(-2);
  // Encoded slashes may hide such parts from the parser, and lead out of the repository in a path of the API.
  if (kept.length < 2 || kept.some((part) => ['', '.', '..'].includes(part))) return null;
  return { host, path: kept.join('/') };
}

/** Null for an address that cannot be on a forge, such as one that only git understands. */
function readable(address: string): URL | null {
  // The user and password do not matter for the repository's place.
  const bare = address.replace(/^(https?:\/\/)[^/@]*@/i, '$1');
  try {
    return URL.parse(readRemoteAddress(bare).url);
  } catch (cause) {
    if (isMooseError(cause)) return null;
    throw cause;
  }
}

/** The host as in an address: without its scheme's default port. */
function hostOf(host: string, protocol: string): string {
  return URL.parse(`${protocol}//${host}`)?.host ?? host;
}

function withoutPort(host: string): string {
  return URL.parse(`http://${host}`)?.hostname ?? host;
}
