// Compares the tables with what they describe, repairs what is safe, and asks about the rest, once for each difference
// (R-SES-7).

import type { MooseError } from '../../domain/failure.ts';
import type { Query } from '../../store/database.ts';
import { openAlertKeys, resolveAlert } from '../../store/failures/alerts.ts';
import {
  claimDrift,
  type Drift,
  endDrift,
  failDrift,
  forgetOldDrifts,
  recordDrifts,
  repairedOften,
  waitingDrifts,
} from '../../store/work/drifts.ts';
import { recordEvent } from '../../store/work/work-orders/work-orders.ts';
import { raiseAndNotify } from '../background/notify/raise-and-notify.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import { claimDirectory } from './directory-owner.ts';
import type { DriftKind, ReconcileDeps } from './drift-kind.ts';
import { reconcileFindings } from './failure-catalogue.ts';
import { kindNamed } from './kinds.ts';
import { type FoundDrift, type Looked, lookForDrift } from './look.ts';

/** Longer than any repair: after this time, another process repeats a repair whose process was killed. */
export const repairLeaseMs = 2 * 60_000;
/** The rest follows in the next look. */
const repairsPerLookMax = 500;
/** A difference that returns after this many repairs has another cause, so a person is asked (R-REC-3). */
const repairsPerHourMax = 10;
const hourMs = 3_600_000;

export interface Reconciled extends Looked {
  repaired: number;
  repairFailures: MooseError[];
}

/** Two processes may reconcile at once: each difference is repaired by only one of them. */
export async function reconcile(
  deps: ReconcileDeps,
  kinds: readonly DriftKind[],
  signal: AbortSignal,
): Promise<Reconciled> {
  if (kinds.some(({ seenBy }) => seenBy === 'machine')) await claimDirectory(deps, signal);
  const looked = await lookForDrift(deps, kinds, signal);
  const repairFailures: MooseError[] = [];
  let repaired = 0;
  for (const seenBy of ['all', 'machine'] as const) {
    const host = seenBy === 'all' ? '' : deps.settings.host;
    const own = looked.kinds.filter((kind) => kind.seenBy === seenBy);
    if (own.length === 0) continue;
    const found = looked.found.filter(({ kind }) => kind.seenBy === seenBy);
    const open = await deps.database.transaction(
      (query) => record(query, { host, own, found, isLeftOut: looked.isLeftOut }, looked.at),
      signal,
    );
    for (const [drift, { act }] of toRepair(open, found)) {
      signal.throwIfAborted();
      const failure = act && (await repairOne(deps, drift, act, signal));
      if (failure === null) repaired += 1;
      else if (failure) repairFailures.push(failure);
    }
    await deps.database.transaction((query) => tell(query, host, own, looked.at), signal);
  }
  await deps.database.run(forgetOldDrifts, signal);
  return { ...looked, repaired, repairFailures };
}

interface Scope {
  host: string;
  own: readonly DriftKind[];
  found: readonly FoundDrift[];
  isLeftOut: Looked['isLeftOut'];
}

async function record(query: Query, { host, own, found, isLeftOut }: Scope, at: Date): Promise<Drift[]> {
  const often = await repairedOften(query, host, {
    since: new Date(at.getTime() - hourMs),
    times: repairsPerHourMax,
  });
  const seen = new Map(
    found.map(({ kind, subject, workOrderId = null, what, evidence, act, isSafe }) => {
      const key = `${kind.name} ${subject}`;
      const isBack = often.has(key);
      const row = {
        kind: kind.name,
        subject,
        workOrderId,
        what,
        repair: act ? kind.repair : null,
        evidence: isBack
          ? `${evidence}; it came back after ${repairsPerHourMax} repairs in an hour`
          : evidence,
        isSafe: isSafe && !isBack,
      };
      return [key, row];
    }),
  );
  const kinds = own.map(({ name }) => name);
  const open = await recordDrifts(query, { host, kinds, at, isLeftOut }, [...seen.values()]);
  for (const drift of open) {
    if (drift.workOrderId === null || drift.isSafe || drift.foundAt < at) continue;
    await recordEvent(query, {
      workOrderId: drift.workOrderId,
      kind: 'inconsistent',
      actor: 'moose:reconcile',
      reason: drift.what,
      detail: { kind: drift.kind, evidence: drift.evidence },
    });
  }
  return open;
}

/** The least tried come first: those whose repair always fails must not take the turns of others. */
function toRepair(open: readonly Drift[], found: readonly FoundDrift[]): Array<[Drift, FoundDrift]> {
  const by = new Map(found.map((one) => [`${one.kind.name} ${one.subject}`, one]));
  const wanted = open.flatMap((drift) => {
    const one = by.get(`${drift.kind} ${drift.subject}`);
    const isWanted = drift.answer === null ? drift.isSafe : drift.answer === 'repair';
    return one?.act && isWanted ? [[drift, one] as [Drift, FoundDrift]] : [];
  });
  return wanted.sort(([one], [other]) => one.tries - other.tries).slice(0, repairsPerLookMax);
}

/** Null if repaired; undefined if another process is doing it. A failure is stored for the next look. */
async function repairOne(
  { database, clock, actor }: ReconcileDeps,
  drift: Drift,
  act: () => Promise<void>,
  signal: AbortSignal,
): Promise<MooseError | null | undefined> {
  const claim = { now: clock.now(), leaseMs: repairLeaseMs };
  if (!(await database.run((query) => claimDrift(query, drift.id, claim), signal))) return undefined;
  try {
    await act();
  } catch (cause) {
    signal.throwIfAborted();
    const failure = toMooseError(cause, 'reconcile', `repair ${drift.kind}`);
    await database.run((query) => failDrift(query, drift.id, failure.message), signal);
    return failure;
  }
  await database.transaction(async (query) => {
    if (!(await endDrift(query, drift.id, clock.now())) || drift.workOrderId === null) return;
    await recordEvent(query, {
      workOrderId: drift.workOrderId,
      kind: 'reconciled',
      actor: drift.answeredBy ?? actor,
      reason: `${drift.what}: ${drift.repair ?? 'repaired'}`,
      detail: { kind: drift.kind, evidence: drift.evidence },
    });
  }, signal);
  return null;
}

const alertKey = (host: string, kind: string) => `drift:${host}:${kind}`;

/** One alert for each kind and machine: raised when a difference is new, and resolved when none waits for an answer. */
async function tell(query: Query, host: string, kinds: readonly DriftKind[], at: Date): Promise<void> {
  const open = await waitingDrifts(query, { host, kinds: kinds.map(({ name }) => name) });
  const keys = new Set<string>();
  for (const [name, drifts] of Map.groupBy(open, ({ kind }) => kind)) {
    const [first] = drifts;
    if (!first || kindNamed(name)?.isReportedElsewhere) continue;
    keys.add(alertKey(host, name));
    if (!drifts.some(({ foundAt, answeredAt }) => foundAt >= at && answeredAt === null)) continue;
    const more = drifts.length > 1 ? ` (and ${drifts.length - 1} more)` : '';
    await raiseAndNotify(
      query,
      {
        key: alertKey(host, name),
        severity: 'medium',
        component: 'reconcile',
        operation: 'compare',
        ...reconcileFindings.STATE_INCONSISTENT({ what: first.what, more, evidence: first.evidence }),
        metadata: { kind: name, host, subjects: drifts.slice(0, 20).map(({ subject }) => subject) },
      },
      'See the differences and what would repair them with `moose reconcile --plan`.',
    );
  }
  for (const key of await openAlertKeys(query, alertKey(host, ''))) {
    const isOwn = kinds.some(({ name }) => key === alertKey(host, name));
    if (isOwn && !keys.has(key)) await resolveAlert(query, key, 'moose');
  }
}
