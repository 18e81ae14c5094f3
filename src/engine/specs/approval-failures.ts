// Why a plan cannot be approved, or can no longer be changed.

import type { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import type { SpecPlan } from '../../store/work/plans/plannings.ts';
import { specFailures } from './failure-catalogue.ts';

const fields = { operation: 'approve' };

export function withoutProject(specId: string): PermanentError {
  return specFailures.SPEC_WITHOUT_PROJECT(fields, { specId: shortId(specId) });
}

/** The approved version is the one that runs: another version would never run. */
export function specApproved(specId: string, version: number): PermanentError {
  return specFailures.SPEC_APPROVED(fields, { version, specId: shortId(specId) });
}

export function approvalOfProgram(specId: string): PermanentError {
  return specFailures.APPROVAL_NOT_YOURS(fields, { specId: shortId(specId) });
}

export function planNotNewest(specId: string, version: number, newest: number): PermanentError {
  return specFailures.PLAN_NOT_NEWEST(fields, { newest, version, specId: shortId(specId) });
}

export function planNotValid(specId: string, { version, problems }: SpecPlan): PermanentError {
  const [first] = problems;
  return specFailures.PLAN_NOT_VALID(fields, {
    version,
    problem: String(first?.message),
    specId: shortId(specId),
  });
}

export function projectRemoved(): PermanentError {
  return specFailures.PROJECT_NOT_FOUND(fields);
}
