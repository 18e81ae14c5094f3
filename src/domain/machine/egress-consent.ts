// Who may extend the hosts that sessions reach (R-SEC-6). The repository's own file lists public hosts for setup and
// checks, and asks for the rest: hosts for agents, and private addresses. Only a person grants those. Pure.
import { type EgressEntry, entriesFor, readEgressEntry } from './egress.ts';

export type AskedHost = string | { host: string; private?: boolean | undefined };

/** What `.moose/config.yml` lists, and what it asks for. */
export interface AskedHosts {
  egress?: readonly AskedHost[] | undefined;
  agent_egress?: readonly AskedHost[] | undefined;
}

/** What a person has set for the project; absent: no person has decided. */
export interface GivenHosts {
  /** Hosts that agents reach besides the gateway. */
  agent_hosts?: readonly string[];
  /** Hosts that setup and checks reach, also at private addresses. */
  private_hosts?: readonly string[];
}

/** What the file asks for and no person has confirmed, as entries. */
export interface UnconfirmedHosts {
  agents: string[];
  private: string[];
}

/** Hosts of setup and checks. A private address in the file counts only if a person confirms it. */
export function checkHosts(asked: AskedHosts, given: GivenHosts): EgressEntry[] {
  return [...(asked.egress ?? []).flatMap((each) => entryOf(hostOf(each), false)), ...privateHosts(given)];
}

/** Hosts of agents. The file only asks for them. */
export function agentHosts(given: GivenHosts): EgressEntry[] {
  const consented = privateHosts(given);
  return (given.agent_hosts ?? [])
    .flatMap((host) => entryOf(host, false))
    .map((entry) => ({ ...entry, isPrivate: isCovered(entry, consented) }));
}

/** A list that a person has set to be empty is a refusal, so nothing waits for a decision. */
export function unconfirmedHosts(asked: AskedHosts, given: GivenHosts): UnconfirmedHosts {
  const ofAgents = asked.agent_egress ?? [];
  const isPrivate = (each: AskedHost) => typeof each !== 'string' && each.private === true;
  const privates = [...(asked.egress ?? []), ...ofAgents].filter(isPrivate);
  return {
    agents: uncovered(ofAgents, given.agent_hosts),
    private: uncovered(privates, given.private_hosts),
  };
}

export function isUnconfirmed({ agents, private: privates }: UnconfirmedHosts): boolean {
  return agents.length + privates.length > 0;
}

/** `agents: a.example, b.example; private addresses: registry.internal` */
export function unconfirmedText({ agents, private: privates }: UnconfirmedHosts): string {
  return [
    ...(agents.length > 0 ? [`for agents: ${agents.join(', ')}`] : []),
    ...(privates.length > 0 ? [`at private addresses: ${privates.join(', ')}`] : []),
  ].join('; ');
}

/** The hosts of a list that allow something that no earlier entry allows. */
export function addedHosts(
  now: readonly string[] | null,
  next: readonly string[] | null | undefined,
): string[] {
  return uncovered(next ?? [], now ?? undefined, { isDecided: false });
}

const hostOf = (asked: AskedHost) => (typeof asked === 'string' ? asked : asked.host);
const privateHosts = ({ private_hosts = [] }: GivenHosts) =>
  private_hosts.flatMap((host) => entryOf(host, true));

function entryOf(text: string, isPrivate: boolean): EgressEntry[] {
  const entry = readEgressEntry(text, { isPrivate });
  return entry === null ? [] : [entry];
}

function uncovered(
  asked: readonly AskedHost[],
  given: readonly string[] | undefined,
  { isDecided = given?.length === 0 } = {},
): string[] {
  if (isDecided) return [];
  const known = (given ?? []).flatMap((host) => entryOf(host, true));
  const texts = asked.map((each) => hostOf(each).toLowerCase());
  return [...new Set(texts)].filter((text) => entryOf(text, false).some((entry) => !isCovered(entry, known)));
}

/** Whether the other entries already allow everything that this entry allows. */
function isCovered({ host, port }: EgressEntry, others: readonly EgressEntry[]): boolean {
  const ports = port === null ? [443, 80] : [port];
  return ports.every((each) => entriesFor(others, host, each).length > 0);
}
