// Finds an owner for questions that have none, and gives a question to the next person if its owner does not answer
// (R-ESC-7).
import type { Database, Query } from '../../../store/database.ts';
import { type Escalation, escalationById } from '../../../store/failures/escalations.ts';
import { hasOwnerDue, listOwnerDue } from '../../../store/failures/question-owners.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import { ownerAfterMsDefault } from '../../policy/settings/people.ts';
import { ownNext } from '../../questions/ask-human.ts';
import { eachAlone } from '../../questions/each-alone.ts';
import { noticeOwner } from '../../questions/notices.ts';

const everyMs = 30_000;
const atOnceMax = 100;
/** More open questions than people can have. */
const pagesMax = 100;

export function ownersJob({ database }: { database: Database }): PeriodicJob {
  return {
    name: 'question-owners',
    everyMs,
    due: hasOwnerDue({ defaultMs: ownerAfterMsDefault, after: null, limit: 1 }),
    run: async (signal) => {
      let after: string | null = null;
      for (let page = 0; page < pagesMax; page++) {
        const wish = { defaultMs: ownerAfterMsDefault, after, limit: atOnceMax };
        const due: Due[] = await database.run((query) => listOwnerDue(query, wish), signal);
        await eachAlone(due, (one) => database.transaction((query) => passOn(query, one), signal), signal);
        after = due.at(-1)?.id ?? null;
        if (due.length < atOnceMax) return;
      }
    },
  };
}

type Due = Pick<Escalation, 'id' | 'ownedSince'>;

async function passOn(query: Query, { id, ownedSince }: Due): Promise<void> {
  const escalation = await escalationById(query, id);
  // Somebody has just got it.
  if (escalation?.ownedSince?.getTime() !== ownedSince?.getTime()) return;
  const owned = escalation && (await ownNext(query, escalation));
  if (owned) await noticeOwner(query, owned);
}
