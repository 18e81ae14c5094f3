// Opens one connection for a session, if its list allows it. A name is resolved once, and the connection goes to the
// address that was checked: a later answer of a name server has no effect (R-SEC-6).
import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIP, type Socket } from 'node:net';
import {
  type EgressEntry,
  entriesFor,
  hostAndPort,
  isAddress,
  normalHost,
  type RefusalReason,
} from '../../domain/machine/egress.ts';
import { mayConnect, type NetworkAddress } from '../../stdx/network/connectable-address.ts';

export interface EgressRules {
  entries: readonly EgressEntry[];
  /** Moose's own ports on this machine: never allowed, whatever the list contains. */
  closedPorts: readonly number[];
  /** The proxy through which this machine reaches the internet. It resolves names itself. */
  upstream?: EgressUpstream | undefined;
  /**
   * The gateway, which the session reaches without this proxy too: some programs ask a proxy for every address, even
   * for those that NO_PROXY names.
   */
  gateway?: { port: number; socketPath: string } | undefined;
}

export interface EgressUpstream {
  /** http or https, perhaps with a name and a password. */
  url: string;
  /** Hosts and domain suffixes that are reached without this proxy. */
  direct: readonly string[];
}

export type EgressLookup = (host: string) => Promise<readonly NetworkAddress[]>;

export class EgressRefused extends Error {
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason) {
    super(reason);
    this.reason = reason;
  }
}

/** The host is allowed, but it could not be reached. */
export class EgressFailed extends Error {}

/** The session's own loopback, where it finds the gateway. */
const loopbackHosts = ['127.0.0.1', 'localhost'];
const connectMsMax = 15_000;
/** How many addresses of a name are tried. */
const addressesMax = 4;

export const systemLookup: EgressLookup = async (host) => {
  const found = await lookup(host, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/** @throws EgressRefused, EgressFailed */
export async function openConnection(
  rules: EgressRules,
  asked: { host: string; port: number },
  resolve: EgressLookup = systemLookup,
): Promise<Socket> {
  const host = normalHost(asked.host);
  const { port } = asked;
  const { gateway } = rules;
  if (gateway?.port === port && loopbackHosts.includes(host)) return toGateway(gateway.socketPath);
  const entries = entriesFor(rules.entries, host, port);
  if (entries.length === 0) throw new EgressRefused('not listed');
  const consent = { isPrivate: entries.some((each) => each.isPrivate), closedPorts: rules.closedPorts };
  if (rules.upstream && !isDirect(rules.upstream, host)) {
    if (isInternal(host, port, consent)) throw new EgressRefused('address');
    return throughUpstream(rules.upstream, host, port);
  }
  const known = await addressesOf(host, resolve);
  const allowed = known.filter((address) => mayConnect(address, port, consent));
  if (allowed.length === 0) throw new EgressRefused('address');
  for (const address of allowed.slice(0, addressesMax)) {
    const socket = await connected({ host: address.address, port });
    if (socket !== null) return socket;
  }
  throw new EgressFailed(`${host} does not answer`);
}

/** Names that are private by their form: the machine's own proxy would connect to them unchecked. */
function isInternal(host: string, port: number, consent: Parameters<typeof mayConnect>[2]): boolean {
  if (isAddress(host)) return !mayConnect({ address: host, family: isIP(host) === 6 ? 6 : 4 }, port, consent);
  return !consent.isPrivate && (/(?:^|\.)(?:localhost|internal|local)$/.test(host) || !host.includes('.'));
}

async function toGateway(path: string): Promise<Socket> {
  const socket = await connected({ path });
  if (socket === null) throw new EgressFailed('the gateway does not answer');
  return socket;
}

async function addressesOf(host: string, resolve: EgressLookup): Promise<readonly NetworkAddress[]> {
  if (isAddress(host)) return [{ address: host, family: isIP(host) === 6 ? 6 : 4 }];
  const known = await resolve(host).catch((cause: unknown) => {
    throw new EgressFailed(`${host} has no address`, { cause });
  });
  if (known.length === 0) throw new EgressFailed(`${host} has no address`);
  return known;
}

/** Null if the address cannot be reached, so that the next one is tried. */
function connected(to: { host: string; port: number } | { path: string }): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ ...to, allowHalfOpen: true, noDelay: true });
    const failed = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(null);
    };
    const timer = setTimeout(failed, connectMsMax);
    socket.on('error', failed);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}

function isDirect({ direct }: EgressUpstream, host: string): boolean {
  return direct.some((each) => {
    const name = normalHost(each.trim()).replace(/^\*?\./, '');
    return name === '*' || host === name || (name !== '' && host.endsWith(`.${name}`));
  });
}

async function throughUpstream({ url }: EgressUpstream, host: string, port: number): Promise<Socket> {
  const { protocol, hostname, port: at, username, password } = new URL(url);
  const path = hostAndPort({ host, port });
  const known = Buffer.from([username, password].map(decodeURIComponent).join(':')).toString('base64');
  const asked = (protocol === 'https:' ? httpsRequest : httpRequest)({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: at || (protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path,
    agent: false,
    headers: { host: path, ...(username === '' ? {} : { 'proxy-authorization': `Basic ${known}` }) },
  });
  return new Promise((resolve, reject) => {
    const failed = (words: string, cause?: unknown) => {
      clearTimeout(timer);
      asked.destroy();
      reject(new EgressFailed(`the proxy of this machine ${words}`, { cause }));
    };
    const timer = setTimeout(() => failed('does not answer'), connectMsMax);
    asked.on('error', (cause) => failed('does not answer', cause));
    asked.on('response', ({ statusCode }) => failed(`answers ${statusCode}`));
    asked.on('connect', ({ statusCode }, socket, head) => {
      if (statusCode !== 200) return failed(`answers ${statusCode}`);
      clearTimeout(timer);
      if (head.length > 0) socket.unshift(head);
      resolve(socket as Socket);
    });
    asked.end();
  });
}
