// What a worker reports that it can do. Computed again when the settings change, and from time to time while something is
// missing, because a price may be added. A report never waits for that.
import type { Abilities } from '../domain/agents/abilities.ts';
import type { Opened } from './compose.ts';

/** While nothing is missing, nothing is computed: an idle process asks its database for nothing. */
const missingEveryMs = 10_000;

export async function reportedAbilities({
  abilities,
  settings: { current },
  logger,
}: Pick<Opened, 'abilities' | 'settings' | 'logger'>): Promise<() => Abilities> {
  const inputs = () => JSON.stringify([current.models, current.logins.agents, current.sessionLimits]);
  let seen = inputs();
  let atMs = performance.now();
  let now = await abilities();
  return () => {
    const isMissing = Object.keys(now.lacks).length > 0;
    const isDue = inputs() !== seen || (isMissing && performance.now() - atMs > missingEveryMs);
    if (!isDue) return now;
    [seen, atMs] = [inputs(), performance.now()];
    abilities().then(
      (next) => {
        now = next;
      },
      (cause: unknown) => logger.warn({ err: cause }, 'could not read the capabilities of this process'),
    );
    return now;
  };
}
