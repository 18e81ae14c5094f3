// A session that passed a limit of its machine is named for it: that blames no change, and no model is paid for it
// (R-MACHINE-1).
import type { MooseError } from '../../../domain/failure.ts';
import type { StopReason } from '../../../domain/machine/session.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { sessionMemoryKey, sessionProcessesKey } from '../../policy/settings/limits.ts';
import type { Work } from '../../run/work.ts';
import { workplaceFailures } from '../failure-catalogue.ts';

interface Passed extends Pick<SessionRow, 'limits' | 'used'> {
  reason: string | null;
  /** The agent, check or service: `test check "npm test"`. */
  what: string;
  step: Step;
  metadata: Record<string, unknown>;
}

const mib = 1024 ** 2;

/** The kernel counts a session that was ended at its limit as a little below it. */
const nearShare = 0.9;

export const isLimitPassed = (reason: string | null) =>
  reason === ('out_of_memory' satisfies StopReason) || reason === ('process_limit' satisfies StopReason);

/** Null if the session passed no limit. */
export function limitFailure({ order }: Pick<Work, 'order'>, passed: Passed): MooseError | null {
  const { reason, what, step, limits, used } = passed;
  if (!isLimitPassed(reason)) return null;
  const facts = {
    operation: 'limit',
    workOrderId: order.id,
    metadata: { ...passed.metadata, limits, used },
  };
  const again = `Then \`moose retry ID --from ${step}\`. Full output: \`moose logs ID\`.`;
  if (reason === 'process_limit')
    return workplaceFailures.SESSION_OUT_OF_PROCESSES(facts, {
      what,
      limit: String(limits?.processes ?? 'unknown'),
      key: sessionProcessesKey,
      again,
    });
  const [peak, limit] = [used?.memoryPeakBytes ?? null, limits?.memoryBytes ?? null];
  const told = { what, peak: mibText(peak), limit: mibText(limit), again };
  const isOwn = peak === null || limit === null || peak >= limit * nearShare;
  return isOwn
    ? workplaceFailures.SESSION_OUT_OF_MEMORY(facts, { ...told, key: sessionMemoryKey })
    : workplaceFailures.OUT_OF_MEMORY(facts, told);
}

const mibText = (bytes: number | null) =>
  bytes === null ? 'an unknown amount' : `${Math.round(bytes / mib).toLocaleString('en')} MiB`;
