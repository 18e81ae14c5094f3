// Runs an agent's session in its slot: with a login, it first waits for the login, and then for a slot of the
// machine.
import type { SessionWay } from '../../../domain/login.ts';
import { findProcess } from '../../../sessions/find-process.ts';
import type { SessionRow } from '../../../store/work/session-rows.ts';
import type { Agent } from '../../ports/agent.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { inPlace } from '../places.ts';
import { throughLogin } from './through-login.ts';

/** A running session keeps its share. */
export async function inPlaceOn(
  way: SessionWay | null,
  work: Work,
  agent: Agent,
  begun: SessionRow | undefined,
  act: (share: { timeMsMax?: number | undefined }) => Promise<StepEnd>,
): Promise<StepEnd> {
  const { login } = agent;
  if (way !== 'login' || login === undefined) return inPlace(work, () => act({}));
  const givenMs = begun?.timeLimitMs ?? undefined;
  if (begun && (await mayHaveStarted(begun))) return inPlace(work, () => act({ timeMsMax: givenMs }));
  return throughLogin(work, { name: agent.name, login }, ({ timeMsMax }) =>
    inPlace(work, () => act({ timeMsMax: Math.min(timeMsMax, givenMs ?? timeMsMax) })),
  );
}

/** A process may exist before its row says so. A session that was only intended has not received the login yet. */
async function mayHaveStarted({ state, directory }: SessionRow): Promise<boolean> {
  return state !== 'intended' || (await findProcess(directory)) !== null;
}
