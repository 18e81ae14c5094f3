// The hosts that a session may reach: an allow list per project (R-SEC-6). Pure: resolving names is done elsewhere.
import { shellWord } from '../../stdx/text/shell-words.ts';

/** `listed`: only the hosts on the list, if the machine can enforce that. `open`: the network of the machine. */
export const egressSettings = ['listed', 'open'] as const;
export type EgressSetting = (typeof egressSettings)[number];

/** What a session could reach: nothing, only the gateway, the hosts on its list, or everything that its machine reaches. */
export const egressLevels = ['none', 'gateway', 'listed', 'open'] as const;
export type EgressLevel = (typeof egressLevels)[number];

export interface EgressEntry {
  /**
   * In lower case: a name, an address without brackets, or `*.` and a name, which stands for everything below that
   * name.
   */
  host: string;
  /** Null: ports 443 and 80. */
  port: number | null;
  /** Whether the host may have a private address, or be this machine; only a person can allow that. */
  isPrivate: boolean;
}

/** Why a connection was refused. `address`: the name is on the list, but leads to an address that is not allowed. */
export const refusalReasons = ['not listed', 'address'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** A connection that a session tried to make and that was refused. */
export interface Refusal {
  host: string;
  port: number;
  reason: RefusalReason;
  count: number;
  /** When it was first refused, as an ISO date. */
  firstAt: string;
}

const defaultPorts: readonly number[] = [443, 80];
const portMax = 65_535;
const hostCharsMax = 253;
const entryForm = /^(?:\[([0-9a-f:.]+)\]|((?:\*\.)?[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?))(?::(\d{1,5}))?$/;
const ipv4Form = /^\d{1,3}(?:\.\d{1,3}){3}$/;

export function isAddress(host: string): boolean {
  return host.includes(':') || ipv4Form.test(host);
}

/** An entry as people write it: `host`, `*.host` or `host:port`. */
export const hostPattern =
  /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?(:\d{1,5})?$/i;

/** Returns null if the text is not `host`, `*.host`, `host:port` or an address. */
export function readEgressEntry(text: string, { isPrivate }: { isPrivate: boolean }): EgressEntry | null {
  const read = entryForm.exec(text.trim().toLowerCase());
  const host = read?.[1] ?? read?.[2];
  if (!read || host === undefined || host.length > hostCharsMax) return null;
  const port = read[3] === undefined ? null : Number(read[3]);
  if (port !== null && (port < 1 || port > portMax)) return null;
  return { host: normalHost(host), port, isPrivate };
}

/**
 * In lower case and without the final dot of a full name; an address in its shortest form. What ends in a number, such
 * as `0x7f.1` or `2130706433`, is an IPv4 address for every resolver, so it is one here.
 */
export function normalHost(host: string): string {
  const plain = host.toLowerCase().replace(/\.$/, '');
  if (plain.includes(':')) return URL.parse(`http://[${plain}]/`)?.hostname.slice(1, -1) ?? plain;
  if (!/(?:^|\.)(?:\d+|0x[\da-f]*)$/.test(plain) || plain.startsWith('*')) return plain;
  return URL.parse(`http://${plain}/`)?.hostname ?? plain;
}

/** The entries that allow this connection; empty if none does. A pattern never allows an address. */
export function entriesFor(entries: readonly EgressEntry[], host: string, port: number): EgressEntry[] {
  return entries.filter(
    (entry) =>
      (entry.port === null ? defaultPorts.includes(port) : entry.port === port) && matches(entry.host, host),
  );
}

function matches(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  return pattern.startsWith('*.') && !isAddress(host) && host.endsWith(pattern.slice(1));
}

/** The entry as it is written in `.moose/config.yml`. */
export function entryText({ host, port }: Pick<Refusal, 'host' | 'port'>): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return defaultPorts.includes(port) ? shown : `${shown}:${port}`;
}

export function hostAndPort({ host, port }: Pick<Refusal, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const refusedShownMax = 5;

/** `example.com:443 (3 times), other.org:80 (once) and 4 more`. */
export function refusedText(refused: readonly Pick<Refusal, 'host' | 'port' | 'count'>[]): string {
  const told = refused
    .slice(0, refusedShownMax)
    .map((each) => `${hostAndPort(each)} (${each.count === 1 ? 'once' : `${each.count} times`})`);
  const rest = refused.length - told.length;
  return `${told.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/**
 * How to allow what was refused, as the end of a sentence. A public host goes into the project's file; a private address
 * and a host for an agent need a person.
 */
export function egressAdvice(
  refused: readonly Refusal[],
  { project, isAgent = false }: { project: string; isAgent?: boolean },
): string {
  const told = refused.slice(0, refusedShownMax);
  const isPrivate = (each: Refusal) => each.reason === 'address' || !each.host.includes('.');
  const inFile = isAgent ? [] : told.filter((each) => !isPrivate(each));
  const flags = [
    ...(isAgent ? told.map((each) => `--agent-host ${shellWord(entryText(each))}`) : []),
    ...told.filter(isPrivate).map((each) => `--private-host ${shellWord(entryText(each))}`),
  ];
  const entries = inFile.map((each) => `"${entryText(each)}"`).join(', ');
  return [
    ...(inFile.length > 0
      ? [`write \`egress: [${entries}]\` into .moose/config.yml on the base branch`]
      : []),
    ...(flags.length > 0 ? [`run \`moose project set ${shellWord(project)} ${flags.join(' ')}\``] : []),
  ].join(', and ');
}
