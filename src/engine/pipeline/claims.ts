// Reads and takes up the runs of this process together: after a restart hundreds are taken up at once, and none of them
// begins its step while others still wait to be taken up.
import type { RunId } from '../../domain/ids.ts';
import { type Step, steps } from '../../domain/transitions.ts';
import { inBatches } from '../../stdx/in-batches.ts';
import { claimPlain, type RunToClaim, runsStanding, type Standing } from '../../store/work/claims.ts';
import type { PipelineDeps } from '../run/work.ts';
import { startsOf } from './places.ts';

/** Bounds how long a transaction holds the rows of other runs. */
const batchMax = 250;
/** Above this, runs begin although others still wait to be taken up. */
const heldMax = 2_000;

export interface Claims {
  /** Undefined if there is no such run. */
  find(runId: RunId, signal: AbortSignal): Promise<Standing | undefined>;
  /** Undefined if the run has ended or has to be taken up alone. */
  claim(run: RunToClaim, signal: AbortSignal): Promise<Standing | undefined>;
}

export function createClaims({ database, reached }: Pick<PipelineDeps, 'database' | 'reached'>): Claims {
  const found = inBatches<RunId, Standing | undefined>(
    async (ids, signal) => {
      const standing = await database.run((query) => runsStanding(query, ids), signal);
      return ids.map((id) => standing.get(id));
    },
    { batchMax, heldMax },
  );
  const taken = inBatches<RunToClaim, Standing | undefined>(
    async (asked, signal) => {
      const pass = (point: string) => asked[0] && reached(point, asked[0].runId);
      const standing = await database.transaction(async (query) => {
        const taken = await claimPlain(query, asked, countedSteps);
        pass('claim:before-commit');
        return taken;
      }, signal);
      pass('claim:committed');
      return asked.map(({ runId, leg }) => {
        const one = standing.get(runId);
        // Two legs of a run may ask at once, such as one that was woken before its time and the next.
        if (one?.run.leg !== leg) return undefined;
        standing.delete(runId);
        return one;
      });
    },
    { batchMax, heldMax },
  );
  return { find: found.ask, claim: taken.ask };
}

const countedSteps: readonly Step[] = steps.filter((step) => startsOf(step) > 0);
