// For tests: a change that is ready to be published, in a repository with a remote of the user's own.
import { join } from 'node:path';
import { gitIn, scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import type { Database } from '../../../store/database.ts';
import type { Forge } from '../../ports/forge.ts';
import { atStep, type Given, type Ground } from '../scratch-pipeline.fixture.ts';

export interface WithOrigin extends Ground {
  origin: string;
  /** The commit of the work order's branch on the remote. */
  there(): string;
}

export async function withOriginOn(database: Database, given: Given = {}): Promise<WithOrigin> {
  const at = await atStep(database, 'creating_pr', given);
  const origin = join(scratchDirectory(), 'origin.git');
  at.repository.git('init', '--quiet', '--bare', origin);
  at.repository.git('remote', 'add', 'origin', origin);
  at.repository.git('push', '--quiet', origin, 'main');
  const there = () =>
    gitIn(origin, 'for-each-ref', '--format=%(objectname)', `refs/heads/${at.routed.branch}`);
  return { ...at, origin, there };
}

/** A forge with some of its answers replaced. */
export const forgeWith = (work: Ground['work'], change: Partial<Forge>) => ({
  ...work,
  forges: { of: async () => ({ ...work.forge, ...change }) },
});
