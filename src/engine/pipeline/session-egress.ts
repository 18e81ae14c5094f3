// What a session may reach, and the report of what it was refused (R-SEC-6).
import {
  type EgressEntry,
  type EgressLevel,
  egressAdvice,
  type Refusal,
  refusedText,
} from '../../domain/egress.ts';
import { ConfigurationError } from '../../domain/failure.ts';
import { readRefusals } from '../../sessions/isolation/egress-files.ts';
import type { IsolationRequest } from '../../sessions/isolation/isolate.ts';
import type { Query } from '../../store/database.ts';
import type { SessionRow } from '../../store/work/session-rows.ts';
import { recordEvent } from '../../store/work/work-orders.ts';
import type { Work } from '../run/work.ts';
import { egressEntries } from './egress-list.ts';

/** Only these hosts, on their usual ports: never more, whatever the project or the settings allow to others. */
export interface OnlyHosts {
  hosts: readonly string[];
}

export type SessionWish = 'gateway' | 'none' | 'machine' | OnlyHosts;

const entriesOf = ({ hosts }: OnlyHosts) =>
  hosts.map((host) => ({ host, port: 443, isPrivate: false }) satisfies EgressEntry);

/**
 * What could send a person's login anywhere is not started.
 * @throws ConfigurationError LOGIN_NEEDS_ISOLATION
 */
export function assertListed(network: SessionWish, egress: EgressLevel): void {
  if (typeof network !== 'object' || egress === 'listed') return;
  throw new ConfigurationError({
    code: 'LOGIN_NEEDS_ISOLATION',
    component: 'sessions',
    operation: 'isolate',
    message:
      'A session with your login was not started: this machine cannot limit what it reaches to the provider.',
    advice:
      'See isolation in `moose doctor`, and set it to auto or require; or let the agent use a key instead of your login.',
  });
}

/** The machine's network is used only if a person has opened it. */
export async function networkFor(
  work: Work,
  { directory }: Pick<SessionRow, 'directory'>,
  network: SessionWish,
  given: Readonly<Record<string, string>>,
): Promise<IsolationRequest['network']> {
  if (typeof network === 'object') return { rules: { entries: entriesOf(network) }, sessionPath: directory };
  if (network === 'gateway') return work.gateway.address(work.signal);
  if (network === 'none' || work.settings.egress === 'open') return network;
  const entries = egressEntries({ given, environment: work.checkVariables, listed: work.egress });
  return { rules: { entries }, sessionPath: directory };
}

/** Null if nothing was refused. */
export function refusedBy({ directory }: Pick<SessionRow, 'directory'>): Refusal[] | null {
  const refused = readRefusals(directory);
  return refused.length === 0 ? null : refused;
}

/** Call this in the transaction that records the session's end. */
export async function tellRefused(
  query: Query,
  { id, workOrderId, name, refused }: SessionRow,
): Promise<void> {
  if (refused === null) return;
  await recordEvent(query, {
    workOrderId,
    kind: 'egress.refused',
    actor: name,
    reason: refusedText(refused),
    detail: { sessionId: id, allow: egressAdvice(refused) },
  });
}
