// Asks the project's forge which account a work order's commits belong to, and which person asked for the work
// (R-PIPE-5).
import { localHost } from '../../../domain/forge/forge.ts';
import { type GitPerson, gitPerson } from '../../../domain/forge/git-person.ts';
import { isHuman, personOf } from '../../../domain/people/person.ts';
import { type AsksForge, askForge } from '../../recovery/ask-forge.ts';
import type { Work } from '../../run/work.ts';

export interface CommitPeople {
  /** Moose's account on the forge; absent if it has none. */
  committer?: GitPerson;
  /** The person who asked; absent unless the forge knows an address for them. */
  coAuthor?: GitPerson;
}

/** If the forge does not answer, the commit is made as Moose, without these names, and the log says so. */
export async function commitPeople(work: Work): Promise<CommitPeople> {
  const { order, project, run, signal, logger } = work;
  try {
    const forge = await work.forges.of(project.id, signal);
    if (forge.host === localHost) return {};
    const context = { workOrderId: order.id, runId: run.id } as const;
    const asking: AsksForge = { recovery: work.recovery, forge, signal, context };
    const own = await askForge(asking, 'find own account', () => forge.commitIdentity(signal));
    const login = loginOf(order.requestedBy, forge.host);
    const asker =
      login === null ? null : await askForge(asking, 'find person', () => forge.findPerson(login, signal));
    signal.throwIfAborted();
    const committer = own && gitPerson(own);
    const coAuthor = asker && gitPerson(asker);
    const isSame = coAuthor !== null && coAuthor.email === committer?.email;
    return { ...(committer ? { committer } : {}), ...(coAuthor && !isSame ? { coAuthor } : {}) };
  } catch (cause) {
    signal.throwIfAborted();
    logger.warn({ err: cause, work_order: order.id }, 'the forge did not answer; committing as Moose');
    return {};
  }
}

/**
 * Takes `ada` from `human:ada@github.com`, whose identity the forge has verified. Moose knows no address of its own
 * users.
 */
export function loginOf(actor: string, host: string): string | null {
  const end = `@${host}`;
  return isHuman(actor) && actor.endsWith(end) ? personOf(actor).slice(0, -end.length) || null : null;
}

/** The line that forges read to credit a second person. */
export function coAuthorTrailer({ coAuthor }: CommitPeople): Readonly<Record<string, string>> {
  return coAuthor ? { 'Co-authored-by': `${coAuthor.name} <${coAuthor.email}>` } : {};
}
