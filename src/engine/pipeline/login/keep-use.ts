// Keeps what the program of a session with a login reported: shown as notional dollars, never booked as spent.

import type { SessionEnd } from '../../../domain/session.ts';
import type { SessionRow } from '../../../store/work/session-rows.ts';
import { updateSession } from '../../../store/work/session-rows.ts';
import type { AgentReport } from '../../ports/agent.ts';
import { fenced, type Work } from '../../run/work.ts';

/** The longest window of a provider is a week: a later time is a mistake, or a manipulation by the agent. */
const backMsMax = 8 * 24 * 60 * 60_000;

/** The database's maximum: an agent can make its program report a larger sum. */
const nanoUsdMax = 2n ** 63n - 1n;

/** May be repeated: it writes the same again. */
export async function keepUse(
  work: Work,
  session: SessionRow,
  { endedAt }: Pick<SessionEnd, 'endedAt'>,
  { inputTokens, outputTokens, costNanoUsd, failure }: AgentReport,
): Promise<void> {
  const waitMs =
    failure?.code === 'AGENT_USAGE_LIMIT' ? Math.min(failure.retryAfterMs ?? 0, backMsMax) : null;
  const use = {
    reportedInputTokens: countOf(inputTokens),
    reportedOutputTokens: countOf(outputTokens),
    notionalNanoUsd: costNanoUsd !== null && costNanoUsd <= nanoUsdMax ? costNanoUsd : null,
    loginBackAt: waitMs === null ? null : new Date(endedAt.getTime() + waitMs),
  };
  await fenced(work, (query) => updateSession(query, session.id, use));
  Object.assign(session, use);
}

const countOf = (count: number | null) =>
  count === null || !Number.isSafeInteger(count) || count < 0 ? null : BigInt(count);
