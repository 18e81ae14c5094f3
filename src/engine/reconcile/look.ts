// Looks once for all kinds of drift. Changes nothing. A kind whose look fails does not affect the others.
import type { MooseError } from '../../domain/failure.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import { otherOwner } from './directory-owner.ts';
import type { DriftKind, Found, Look, ReconcileDeps } from './drift-kind.ts';
import { viewWorld } from './world-view.ts';

/** What is younger may still be on its way: a row is written before its effect, and a result after it. */
export const settledMs = 60_000;
/** The work of others is not delayed: between two kinds, the look waits for nothing but its own queries. */
const foundPerKindMax = 1_000;

export interface FoundDrift extends Found {
  kind: DriftKind;
  isSafe: boolean;
}

export interface Looked {
  at: Date;
  found: FoundDrift[];
  /** The kinds that were looked for with success. */
  kinds: DriftKind[];
  failures: Array<{ kind: DriftKind; failure: MooseError }>;
}

export async function lookForDrift(
  deps: ReconcileDeps,
  kinds: readonly DriftKind[],
  signal: AbortSignal,
): Promise<Looked> {
  const { database, settings, machine } = deps;
  const now = deps.clock.now();
  const look: Look = {
    ...deps,
    now,
    before: new Date(now.getTime() - settledMs),
    world: viewWorld({ ...settings, database, machine, signal }),
    signal,
  };
  const looked: Looked = { at: now, found: [], kinds: [], failures: [] };
  for (const kind of kinds) {
    signal.throwIfAborted();
    try {
      const found = await kind.find(look);
      for (const one of found.slice(0, foundPerKindMax))
        looked.found.push({ ...one, kind, isSafe: (one.isSafe ?? kind.isSafe) && one.act !== null });
      looked.kinds.push(kind);
    } catch (cause) {
      signal.throwIfAborted();
      looked.failures.push({ kind, failure: toMooseError(cause, 'reconcile', `look for ${kind.name}`) });
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

/** Many removals at once have one cause, which may be a lost database or disk: a person decides about them (R-PIPE-14). */
function heldBack(found: readonly FoundDrift[], max: number): FoundDrift[] {
  const removals = found.filter(isRemoval).length;
  if (removals <= max) return [...found];
  return found.map((one) => held(one, `${removals} such removals at once are held back`));
}
