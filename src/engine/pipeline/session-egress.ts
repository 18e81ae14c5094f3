// What a session may reach, and the report of what it was refused (R-SEC-6).
import { egressAdvice, type Refusal, refusedText } from '../../domain/egress.ts';
import { readRefusals } from '../../sessions/isolation/egress-files.ts';
import type { IsolationRequest } from '../../sessions/isolation/isolate.ts';
import type { Query } from '../../store/database.ts';
import type { SessionRow } from '../../store/work/session-rows.ts';
import { recordEvent } from '../../store/work/work-orders.ts';
import type { Work } from '../run/work.ts';
import { egressEntries } from './egress-list.ts';

/** The machine's network is used only if a person has opened it. */
export async function networkFor(
  work: Work,
  { directory }: Pick<SessionRow, 'directory'>,
  network: 'gateway' | 'none' | 'machine',
  given: Readonly<Record<string, string>>,
): Promise<IsolationRequest['network']> {
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
