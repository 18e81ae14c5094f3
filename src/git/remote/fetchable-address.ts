// Whether Moose itself may fetch from an address that a repository names, with the rules of sessions (R-SEC-6): from the
// host of the project's own remote, from public hosts, and from private ones that a person has set for the project.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { entriesFor, normalHost, readEgressEntry } from '../../domain/machine/egress.ts';
import { noProxy, ownProxy } from '../../stdx/http/forward-proxy.ts';
import { mayConnect, type NetworkAddress } from '../../stdx/network/connectable-address.ts';
import { isPublicHost } from '../../stdx/network/public-address.ts';
import { errorCode } from '../../stdx/system-error.ts';
import { gitSaidFailures } from '../said-failure-catalogue.ts';
import { redactUrls } from './redact-url.ts';

export interface FetchRules {
  /** The address of the project's own remote; null without one. */
  ownAddress: string | null;
  /** Hosts with private addresses that a person has set for the project. */
  privateHosts: readonly string[];
  /** For people, as in 'fetch submodule', which it is otherwise. */
  operation?: string;
}

const ports: Readonly<Record<string, number>> = { http: 80, https: 443, ssh: 22, git: 9418 };
const consent = { isPrivate: false, closedPorts: [] } as const;

/**
 * @returns git's options for a fetch from there; null if Moose may not. Redirects are followed only on the project's own
 *   host, and a connection goes to the address that was checked, if no proxy makes it.
 */
export async function fetchOptions(url: string, rules: FetchRules): Promise<readonly string[] | null> {
  const to = hostOf(url);
  if (to === null || to.host === hostOf(rules.ownAddress ?? '')?.host) return [];
  const noRedirects = ['-c', 'http.followRedirects=false'];
  if (isConfirmed(to, rules.privateHosts)) return noRedirects;
  if (!isPublicHost(to.host, to.port)) return null;
  if (isIP(to.host) !== 0 || ownProxy() !== noProxy) return noRedirects;
  const addresses = await addressesOf(to.host, url, rules.operation);
  if (addresses.some((each) => !mayConnect(each, to.port, consent))) return null;
  const pinned = addresses.map(({ address, family }) => (family === 6 ? `[${address}]` : address)).join(',');
  return [...noRedirects, '-c', `http.curloptResolve=${to.host}:${to.port}:${pinned}`];
}

/** @throws REMOTE_HOST_UNKNOWN: git, which would ask again, could get another answer. */
async function addressesOf(
  host: string,
  url: string,
  operation = 'fetch submodule',
): Promise<NetworkAddress[]> {
  try {
    const known = await lookup(host, { all: true });
    return known.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  } catch (cause) {
    const facts = { operation, metadata: { remoteUrl: redactUrls(url) }, cause };
    throw gitSaidFailures.REMOTE_HOST_UNKNOWN(facts, { operation, said: String(errorCode(cause)) });
  }
}

/** Null for a folder of this machine. */
function hostOf(url: string): { host: string; port: number } | null {
  const [, scheme] = /^(https?|ssh|git):\/\//i.exec(url) ?? [];
  if (scheme !== undefined) {
    const read = URL.parse(url);
    if (read === null) return { host: '', port: 0 };
    const host = normalHost(read.hostname.replace(/^\[|\]$/g, ''));
    return { host, port: Number(read.port) || (ports[scheme.toLowerCase()] ?? 0) };
  }
  // As git reads it: `[user@]host:path`.
  const [, bracketed, plain] = /^(?:[^/@:]*@)?(?:\[([^\]/]+)\]|([^/:[\]]+)):(?!\/\/)/.exec(url) ?? [];
  const host = bracketed ?? plain;
  return host === undefined ? null : { host: normalHost(host), port: 22 };
}

/** An entry without a port counts for git's own ports, too. */
function isConfirmed(
  { host, port }: { host: string; port: number },
  privateHosts: readonly string[],
): boolean {
  const entries = privateHosts.map((each) => readEgressEntry(each, { isPrivate: true }));
  const known = entries.filter((each) => each !== null).map((each) => ({ ...each, port: each.port ?? port }));
  return entriesFor(known, host, port).length > 0;
}
