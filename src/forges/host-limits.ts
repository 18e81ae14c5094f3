// Enforces the limits of one host across all machines: a pause stops every call, writes take turns, and polling leaves
// a share of the limit to people and to writes (R-SEN-7).
import { limitReserveShare } from '../domain/forge/forge.ts';
import { sleep } from '../stdx/async/sleep.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Database } from '../store/database.ts';
import {
  endPauses,
  hostState,
  noteLimit,
  pauseHost,
  takeWriteTurn,
} from '../store/work/pull-requests/forge-limits.ts';
import type { HostLimits } from './call-host.ts';
import { hostPaused } from './host-failures.ts';

/** GitHub asks for this interval; it does no harm on other forges. */
const writesApartMs = 1_000;
/** A step that waits longer for its turn would occupy its slot for nothing. */
const turnMsMax = 20_000;
const firstPauseMs = 60_000;
/** What is left of the limit is stored at most this often, but always when little is left. */
const notedMs = 5_000;
const secondMs = 1_000;

export function createHostLimits(options: {
  database: Database;
  host: string;
  clock: Clock;
  /** Tests of other things set this to zero. */
  apartMs?: number;
}): HostLimits {
  const { database, host, clock, apartMs = writesApartMs } = options;
  let notedAtMs = Number.NEGATIVE_INFINITY;
  let mayBePaused = false;
  const paused = (retryAfterMs: number, because: string) =>
    hostPaused(host, { retryAfterMs: Math.max(secondMs, retryAfterMs), because });
  const obey = ({ pausedMs, pausedBecause }: { pausedMs: number; pausedBecause: string | null }) => {
    if (pausedMs > 0) throw paused(pausedMs, pausedBecause ?? 'the host asked for a pause');
  };
  return {
    admit: async ({ isWrite, canWait }, signal) => {
      const state = await database.run((query) => hostState(query, host), signal);
      // The host was removed meanwhile, so it has no limits.
      if (!state) return;
      obey(state);
      const { pausedBecause, limitTotal, limitRemaining, resetMs } = state;
      mayBePaused ||= pausedBecause !== null;
      const isScarce = limitTotal !== null && (limitRemaining ?? limitTotal) < limitTotal * limitReserveShare;
      if (canWait && isScarce && resetMs > 0)
        throw paused(resetMs, 'the rest of the limit is reserved for people and for writes');
      if (!isWrite || apartMs === 0) return;
      const turn = { apartMs, waitMsMax: turnMsMax };
      const waitMs = await database.run((query) => takeWriteTurn(query, host, turn), signal);
      if (waitMs === null) throw paused(turnMsMax, 'too many writes are waiting');
      if (waitMs === 0) return;
      await sleep(waitMs, signal);
      // The host may have asked for a pause meanwhile: those who wait for their turn obey it too.
      const after = await database.run((query) => hostState(query, host), signal);
      if (after) obey(after);
    },
    pause: async ({ until, because }, signal) => {
      const forMs = until === null ? null : Math.max(secondMs, until.getTime() - clock.now().getTime());
      const pausedMs = await database.run(
        (query) => pauseHost(query, host, { forMs, because, firstMs: firstPauseMs }),
        signal,
      );
      return paused(pausedMs, because);
    },
    answered: async (signal) => {
      if (!mayBePaused) return;
      mayBePaused = false;
      await database.run((query) => endPauses(query, host), signal);
    },
    note: async (limit, signal) => {
      const atMs = clock.now().getTime();
      const isLittle = limit.remaining < limit.total * limitReserveShare * 2;
      if (!isLittle && atMs - notedAtMs < notedMs) return;
      notedAtMs = atMs;
      await database.run((query) => noteLimit(query, host, limit), signal);
    },
  };
}

/** The limits of each host; all forges of a host share one object. */
export function createLimitsOf(options: {
  database: Database;
  clock: Clock;
  /** Tests of other things set this to zero. */
  writesApartMs?: number;
}): (host: string) => HostLimits {
  const { database, clock, writesApartMs: apartMs } = options;
  const known = new Map<string, HostLimits>();
  return (host) => {
    const limits =
      known.get(host) ??
      createHostLimits({ database, host, clock, ...(apartMs === undefined ? {} : { apartMs }) });
    known.set(host, limits);
    return limits;
  };
}
