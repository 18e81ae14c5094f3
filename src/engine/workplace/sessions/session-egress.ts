// The hosts that a session may reach, and the report of those that it was refused (R-SEC-6).

import {
  type EgressEntry,
  type EgressLevel,
  egressAdvice,
  type Refusal,
  refusedText,
} from '../../../domain/machine/egress.ts';
import {
  agentHosts,
  isUnconfirmed,
  unconfirmedHosts,
  unconfirmedText,
} from '../../../domain/machine/egress-consent.ts';
import type { IsolationLevel } from '../../../domain/machine/session.ts';
import { readRefusals } from '../../../sessions/isolation/egress-files.ts';
import type { IsolationRequest } from '../../../sessions/isolation/isolate.ts';
import { shellWord } from '../../../stdx/text/shell-words.ts';
import type { Query } from '../../../store/database.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { configAt } from '../../policy/config-at.ts';
import type { Work } from '../../run/work.ts';
import { workplaceFailures } from '../failure-catalogue.ts';
import { egressEntries } from './egress-list.ts';

/** Only these hosts, on their default ports, whatever the project or the settings allow to other sessions. */
export interface OnlyHosts {
  hosts: readonly string[];
}

export type NetworkOfSession = 'gateway' | 'none' | 'machine' | OnlyHosts;

const entriesOf = ({ hosts }: OnlyHosts) =>
  hosts.map((host) => ({ host, port: 443, isPrivate: false }) satisfies EgressEntry);

/**
 * A session that could send a person's login to any host is not started.
 * @throws ConfigurationError LOGIN_NEEDS_ISOLATION
 */
export function assertListed(network: NetworkOfSession, egress: EgressLevel, level: IsolationLevel): void {
  if (typeof network !== 'object' || (egress === 'listed' && level === 'files')) return;
  throw workplaceFailures.LOGIN_NEEDS_ISOLATION('isolate');
}

/** The machine's network is used only if a person has opened it; agents always have the gateway and a list. */
export async function networkFor(
  work: Work,
  { directory }: Pick<SessionRow, 'directory'>,
  network: NetworkOfSession,
  given: Readonly<Record<string, string>>,
): Promise<IsolationRequest['network']> {
  if (typeof network === 'object') return { rules: { entries: entriesOf(network) }, sessionPath: directory };
  const { project, settings, checkVariables: environment, egress: listed } = work;
  if (network === 'gateway') {
    const gateway = await work.gateway.address(work.signal);
    const entries = agentHosts(project.settings);
    if (entries.length === 0) return gateway;
    return { rules: { entries }, sessionPath: directory, gateway, machine: settings.checkEnvironment };
  }
  if (network === 'none' || settings.egress === 'open') return network;
  const entries = egressEntries({ given, environment, listed, settings: project.settings });
  return { rules: { entries }, sessionPath: directory };
}

export function isListed(network: IsolationRequest['network']): boolean {
  return typeof network === 'object' && 'rules' in network;
}

/** Null if nothing was refused. */
export function refusedBy({ directory }: Pick<SessionRow, 'directory'>): Refusal[] | null {
  const refused = readRefusals(directory);
  return refused.length === 0 ? null : refused;
}

/** Call this in the transaction that records the session's end. */
export async function reportRefused(
  query: Query,
  { project }: Work,
  { id, workOrderId, name, purpose, way, refused }: SessionRow,
): Promise<void> {
  if (refused === null) return;
  await recordEvent(query, {
    workOrderId,
    kind: 'egress.refused',
    actor: name,
    reason: refusedText(refused),
    detail: {
      sessionId: id,
      ...(way === 'login'
        ? { because: 'a session with your login reaches only the hosts of its provider' }
        : { how: egressAdvice(refused, { project: project.name, isAgent: purpose === 'agent' }) }),
    },
  });
}

/**
 * Reports hosts that the repository's file asks for and no person has confirmed; the work continues without them. Null
 * if there are none.
 */
export async function unconfirmedNote(
  { project, order, settings, actor, signal }: Work,
  baseSha: string,
): Promise<((query: Query) => Promise<void>) | null> {
  const file = await configAt(project.repositoryPath, baseSha, signal);
  const asked = unconfirmedHosts(file ?? {}, project.settings);
  const unconfirmed = settings.egress === 'open' ? { ...asked, private: [] } : asked;
  if (!isUnconfirmed(unconfirmed)) return null;
  return async (query) => {
    await recordEvent(query, {
      workOrderId: order.id,
      kind: 'egress.unconfirmed',
      actor,
      reason: unconfirmedText(unconfirmed),
      detail: { confirm: `moose project set ${shellWord(project.name)} --confirm-hosts` },
    });
  };
}
