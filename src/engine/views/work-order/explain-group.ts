// Who can move the others of a group on, for a work order that waits for them. Pure.

import { shortId } from '../../../domain/ids.ts';
import { personOf } from '../../../domain/people/person.ts';
import { candidateWaitMsMax } from '../../../domain/work-order/candidate.ts';
import type { GroupBlocker } from '../../../store/work/groups/group-blockers.ts';

export function explainBlockers(blockers: readonly GroupBlocker[]): string {
  const each = blockers.map(({ blocker, heldBy }) => {
    const id = shortId(blocker);
    return heldBy === null
      ? `Work order ${id} needs a person: \`moose explain ${id}\` says what you can do.`
      : `Work order ${id} is paused by ${personOf(heldBy)}; \`moose resume ${id}\` continues it.`;
  });
  const hours = candidateWaitMsMax / 3_600_000;
  const latest = blockers.some(({ hasPassed }) => hasPassed)
    ? `, or ${hours} h after the first candidate passed`
    : '';
  return `${each.join(' ')} It continues automatically after that${latest}.`;
}
