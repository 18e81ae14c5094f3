// Looks for all kinds of drift once. Changes nothing. A kind whose look fails does not affect the others.
import type { MooseError } from '../../domain/failure.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import { otherOwner } from './directory-owner.ts';
import type { DriftKind, Found, Look, ReconcileDeps } from './drift-kind.ts';
import { viewWorld } from './world-view.ts';

/** Anything younger may still be in progress: a row is written before its effect, and a result after it. */
export const settledMs = 60_000;
/** Limits the findings, so that a look does not delay other work. */
const foundPerKindMax = 1_000;

export interface FoundDrift extends Found {
  kind: DriftKind;
  isSafe: boolean;
}

export interface Looked {
  at: Date;
  found: FoundDrift[];
  /** The kinds that were checked successfully. */
  kinds: DriftKind[];
  failures: Array<{ kind: DriftKind; failure: MooseError }>;
  /** Whether this look could not check an open difference of this kind and subject. */
  isLeftOut(kind: string, subject: string): boolean;
}

export async function lookForDrift(
  deps: ReconcileDeps,
  kinds: readonly DriftKind[],
  signal: AbortSignal,
): Promise<Looked> {
  const { database, settings, machine } = deps;
  const now = deps.clock.now();
  const leftOut = new Map<string, Array<(subject: string) => boolean>>();
  const looked: Looked = {
    at: now,
    found: [],
    kinds: [],
    failures: [],
    isLeftOut: (kind, subject) => leftOut.get(kind)?.some((isOne) => isOne(subject)) === true,
  };
  const failed = (kind: DriftKind, cause: unknown) =>
    looked.failures.push({ kind, failure: toMooseError(cause, 'reconcile', `look for ${kind.name}`) });
  const look: Omit<Look, 'leaveOut'> = {
    ...deps,
    now,
    before: new Date(now.getTime() - settledMs),
    world: viewWorld({ ...settings, database, machine, signal }),
    signal,
  };
  for (const kind of kinds) {
    signal.throwIfAborted();
    try {
      const leaveOut: Look['leaveOut'] = (isLeftOut, cause) => {
        leftOut.set(kind.name, [...(leftOut.get(kind.name) ?? []), isLeftOut]);
        if (cause !== undefined) failed(kind, cause);
      };
      const found = await kind.find({ ...look, leaveOut });
      const later = new Set(found.slice(foundPerKindMax).map(({ subject }) => subject));
      if (later.size > 0) leaveOut((subject) => later.has(subject));
      for (const one of found.slice(0, foundPerKindMax))
        looked.found.push({ ...one, kind, isSafe: (one.isSafe ?? kind.isSafe) && one.act !== null });
      looked.kinds.push(kind);
    } catch (cause) {
      signal.throwIfAborted();
      failed(kind, cause);
    }
  }
  const found = heldBack(looked.found, settings.undonePerMinuteMax);
  const other = found.some(isRemoval) ? await otherOwner(deps, signal) : null;
  return {
    ...looked,
    found: other ? found.map((one) => held(one, `the data directory is that of ${other}`)) : found,
  };
}

const isRemoval = ({ kind, isSafe }: FoundDrift) => isSafe && kind.removes === true;

function held(one: FoundDrift, because: string): FoundDrift {
  return isRemoval(one) ? { ...one, isSafe: false, evidence: `${one.evidence}; ${because}` } : one;
}

/** Many removals at once have a common cause, such as a lost database: a person decides about them (R-PIPE-14). */
function heldBack(found: readonly FoundDrift[], max: number): FoundDrift[] {
  const removals = found.filter(isRemoval).length;
  if (removals <= max) return [...found];
  return found.map((one) => held(one, `${removals} such removals at once are held back`));
}
