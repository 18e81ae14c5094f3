// Who can move the others of a group on, for a work order that waits for them. Pure.
import { candidateLimits } from '../../domain/candidate.ts';
import { shortId } from '../../domain/ids.ts';
import { personOf } from '../../domain/person.ts';
import type { GroupBlocker } from '../../store/work/group-blockers.ts';

export function explainBlockers(blockers: readonly GroupBlocker[]): string {
  const each = blockers.map(({ blocker, heldBy }) => {
    const id = shortId(blocker);
    return heldBy === null
      ? `Work order ${id} needs a person: \`moose explain ${id}\` says what you can do.`
      : `Work order ${id} is paused by ${personOf(heldBy)}; \`moose resume ${id}\` continues it.`;
  });
  const hours = candidateLimits.waitMsMax / 3_600_000;
  const latest = blockers.some(({ hasPassed }) => hasPassed)
    ? `, or ${hours} h after the first candidate passed`
    : '';
  return `${each.join(' ')} It continues automatically after that${latest}.`;
}
