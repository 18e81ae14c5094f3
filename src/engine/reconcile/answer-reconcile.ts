// What interfaces can ask about differences between the database and what it describes, and how people answer.

import type * as wire from '../../contract/contract.ts';
import type { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import {
  answerDrift,
  type Drift,
  findDrift,
  openDrifts,
  openDriftsOfKind,
  repairedDrifts,
} from '../../store/work/drifts.ts';
import type { Forges } from '../ports/forge.ts';
import type { LiveSettings } from '../settings/live-settings.ts';
import type { ReconcileDeps } from './drift-kind.ts';
import { reconcileFailures } from './failure-catalogue.ts';
import { driftKinds, kindNamed } from './kinds.ts';
import { type FoundDrift, type Looked, lookForDrift } from './look.ts';
import { reconcile } from './reconcile.ts';

const repairedShownMax = 50;

export interface ReconcileAsked {
  database: Database;
  clock: Clock;
  forges: Forges;
  actor: string;
  /** Aborted when this process stops. */
  signal: AbortSignal;
  settings?: Pick<LiveSettings, 'current'>;
  /** The ID of this machine's data directory. */
  machine?: () => Promise<string>;
}

export interface ReconcileAnswers {
  /** What the latest look of each machine found. */
  latest(signal?: AbortSignal): Promise<wire.Reconciliation>;
  /** Looks now, from this machine, and changes nothing. */
  plan(signal?: AbortSignal): Promise<wire.Reconciliation>;
  /** Looks now, from this machine, and repairs what is safe or has been confirmed. */
  now(signal?: AbortSignal): Promise<wire.Reconciliation>;
  /**
   * `given`: a difference's ID, or the name of a kind for all its open questions.
   * @throws DRIFT_NOT_FOUND, DRIFT_WITHOUT_REPAIR
   */
  answer(given: string, answer: 'repair' | 'leave'): Promise<wire.DriftView[]>;
}

export function answerReconcile(deps: ReconcileAsked): ReconcileAnswers {
  const { database, clock, forges, actor } = deps;
  const here = async (): Promise<ReconcileDeps> => {
    if (deps.settings === undefined || deps.machine === undefined) throw notHere();
    const { current: settings } = deps.settings;
    return { database, clock, forges, settings, machine: await deps.machine(), actor };
  };
  const stored = async (signal?: AbortSignal) =>
    database.run(
      async (query) => ({
        open: await openDrifts(query),
        repaired: (await repairedDrifts(query, repairedShownMax)).map(driftView),
      }),
      signal,
    );
  const latest = async (signal?: AbortSignal): Promise<wire.Reconciliation> => {
    const { open, repaired } = await stored(signal);
    return reconciliation({ looked_at: null, drifts: open.map(driftView), repaired, unread: [] });
  };
  return {
    latest,
    plan: async (signal = deps.signal) => {
      const given = await here();
      const looked = await lookForDrift(given, driftKinds, signal);
      const { open, repaired } = await stored(signal);
      return reconciliation({
        looked_at: looked.at.toISOString(),
        repaired,
        unread: unreadOf(looked),
        drifts: seenNow(looked, open, given.settings.host),
      });
    },
    now: async (signal = deps.signal) => {
      const looked = await reconcile(await here(), driftKinds, signal);
      return { ...(await latest(signal)), looked_at: looked.at.toISOString(), unread: unreadOf(looked) };
    },
    answer: async (given, answer) =>
      database.transaction(async (query) => {
        const ones = kindNamed(given)
          ? await openDriftsOfKind(query, given)
          : [await findDrift(query, given)];
        if (answer === 'repair') for (const one of ones) assertRepairable(one);
        const answered: wire.DriftView[] = [];
        for (const { id } of ones) {
          const drift = await answerDrift(query, id, { answer, by: actor, at: clock.now() });
          if (drift) answered.push(driftView(drift));
        }
        return answered;
      }),
  };
}

const unreadOf = ({ failures }: Looked) =>
  failures.map(({ kind, failure }) => ({ kind: kind.name, because: failure.message }));

/** The findings of this look with the stored answers, and the last findings of other machines. */
function seenNow({ found, at, kinds }: Looked, open: readonly Drift[], ownHost: string): wire.DriftView[] {
  const keyOf = (kind: string, host: string, subject: string) => `${kind} ${host} ${subject}`;
  const rows = new Map(open.map((row) => [keyOf(row.kind, row.host, row.subject), row]));
  const looked = new Set(kinds.map(({ name }) => name));
  const seen = found.map((one) => {
    const host = one.kind.seenBy === 'all' ? '' : ownHost;
    return foundView(one, host, rows.get(keyOf(one.kind.name, host, one.subject)), at);
  });
  const elsewhere = open.filter(({ kind, host }) => (host !== '' && host !== ownHost) || !looked.has(kind));
  return [...seen, ...elsewhere.map(driftView)];
}

function foundView(one: FoundDrift, host: string, row: Drift | undefined, at: Date): wire.DriftView {
  const { kind, subject, workOrderId = null, what, evidence, act, isSafe } = one;
  return {
    id: row?.id ?? null,
    kind: kind.name,
    side: kind.side,
    host: host === '' ? null : host,
    work_order_id: workOrderId,
    subject,
    what,
    evidence,
    repair: act ? kind.repair : null,
    is_safe: isSafe,
    found_at: (row?.foundAt ?? at).toISOString(),
    answer: row?.answer ?? null,
    answered_by: row?.answeredBy ?? null,
    tries: row?.tries ?? 0,
    failure: row?.failure ?? null,
    ended_at: null,
  };
}

function driftView(row: Drift): wire.DriftView {
  const { id, kind, host, subject, what, evidence, repair, answer, tries, failure } = row;
  return {
    id,
    kind,
    side: kindNamed(kind)?.side ?? 'runs',
    host: host === '' ? null : host,
    work_order_id: row.workOrderId,
    subject,
    what,
    evidence,
    repair,
    is_safe: row.isSafe,
    found_at: row.foundAt.toISOString(),
    answer,
    answered_by: row.answeredBy,
    tries,
    failure,
    ended_at: row.endedAt?.toISOString() ?? null,
  };
}

function reconciliation(given: Omit<wire.Reconciliation, 'counts'>): wire.Reconciliation {
  const { drifts } = given;
  const left = drifts.filter(({ answer }) => answer === 'leave').length;
  const willBeRepaired = drifts.filter(
    ({ answer, is_safe }) => answer === 'repair' || (answer === null && is_safe),
  );
  const safe = willBeRepaired.length;
  return { ...given, counts: { safe, left, asked: drifts.length - safe - left } };
}

function assertRepairable({ id, what, repair }: Drift): void {
  if (repair !== null) return;
  throw reconcileFailures.DRIFT_WITHOUT_REPAIR('answer', { what, id: shortId(id) });
}

function notHere(): PermanentError {
  return reconcileFailures.RECONCILE_NOT_HERE('look');
}
