// For tests: a member of a group that has passed.
import type { GroupMember } from './group.ts';
import type { WorkOrderId } from './ids.ts';

export function groupMember(number: number, given: Partial<GroupMember> = {}): GroupMember {
  return {
    id: `00000000-0000-7000-8000-00000000000${number}` as WorkOrderId,
    number,
    project: `p${number}`,
    status: 'in_progress',
    step: 'creating_pr',
    state: 'passed',
    isCancelled: false,
    result: 'passed',
    settledAt: new Date(1_000),
    facts: null,
    failure: null,
    treeSha: `tree-${number}`,
    pullRequestUrl: null,
    isClosed: false,
    isMerged: false,
    stepsReached: 6,
    refinementCycles: 0,
    costNanoUsd: 100n,
    hasUnread: false,
    ...given,
  };
}
