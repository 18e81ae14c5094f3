// A forge that sometimes does not answer: either before it has done the work, or after.
import { TransientError } from '../../src/domain/failure.ts';
import type { Forge, Forges } from '../../src/engine/ports/forge.ts';
import type { FaultPlan } from './fault-plan.ts';

const ways = ['before its work', 'after its work'] as const;

export function faultyForges(forges: Forges, plan: FaultPlan): Forges {
  return { of: async (...asked) => faultyForge(await forges.of(...asked), plan) };
}

function faultyForge(forge: Forge, plan: FaultPlan): Forge {
  const faulty = async <T>(operation: string, call: () => Promise<T>): Promise<T> => {
    const way = plan.next(ways);
    if (way === undefined) return call();
    if (way === 'after its work') await call();
    const id = plan.injecting({ how: `${operation}, ${way}` });
    throw new TransientError({
      code: 'FORGE_UNREACHABLE',
      component: 'forge',
      operation,
      message: `The forge did not answer (${id}).`,
      advice: 'Retry in a moment.',
    });
  };
  return {
    ...forge,
    openPullRequest: (...asked) => faulty('open', () => forge.openPullRequest(...asked)),
    findPullRequest: (...asked) => faulty('find', () => forge.findPullRequest(...asked)),
    cancelAutoMerge: (...asked) => faulty('take back merge', () => forge.cancelAutoMerge(...asked)),
    mergePullRequest: (...asked) => faulty('merge', () => forge.mergePullRequest(...asked)),
    closePullRequest: (...asked) => faulty('close', () => forge.closePullRequest(...asked)),
  };
}
