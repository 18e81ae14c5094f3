// For tests: a learner with outcomes of arms.
import { newId, type ProjectId, type RunId, type WorkOrderId } from '../../domain/ids.ts';
import { applyEvent, createLearnerRecord, type LearnerRecord } from '../../domain/learning/learner-record.ts';
import type { ArmQuestion, OfferedArm } from './arm-question.ts';
import { nameOf } from './arm-question.ts';

export const offeredArm = (model: string, costHintUsd = 0.1): OfferedArm => ({
  agent: 'patch',
  model,
  prompt: '1',
  priceVersion: 'v1',
  costHintUsd,
});

export const light = offeredArm('p/light', 0.05);
export const standard = offeredArm('p/standard', 0.3);
export const strong = offeredArm('p/strong', 1);

export function aQuestion(given: Partial<ArmQuestion> = {}): ArmQuestion {
  const now = new Date();
  return {
    workOrderId: newId<WorkOrderId>(now),
    projectId: newId<ProjectId>(now),
    runId: newId<RunId>(now),
    mode: 'on',
    offer: [light, standard, strong],
    isFixed: false,
    isRisky: false,
    mayDecline: true,
    kind: 'bug_fix',
    features: {},
    valueUsd: 10,
    ...given,
  };
}

/** The record after `outcomes` work orders with each arm, of which this share passed. */
export function recordOf(
  seen: ReadonlyArray<{ arm: OfferedArm; outcomes: number; passed: number }>,
): LearnerRecord {
  const record = createLearnerRecord();
  for (const { arm } of seen) {
    const { costHintUsd: costHint, priceVersion } = arm;
    applyEvent(record, { event: 'arm', arm: nameOf(arm), costHint, priceVersion });
  }
  for (const { arm, outcomes, passed } of seen) {
    for (let index = 0; index < outcomes; index += 1) {
      const isPass = Math.floor((index + 1) * passed) > Math.floor(index * passed);
      applyEvent(record, {
        event: isPass ? 'success' : 'failure',
        arm: nameOf(arm),
        kind: 'bug_fix',
        task: undefined,
        costUsd: arm.costHintUsd ?? 0,
        isExplored: false,
      });
    }
  }
  return record;
}
