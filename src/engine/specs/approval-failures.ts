// Why a plan cannot be approved, or can no longer be changed.
import { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import type { SpecPlan } from '../../store/work/plannings.ts';

const fields = { component: 'specs', operation: 'approve' };

export function withoutProject(specId: string): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'SPEC_WITHOUT_PROJECT',
    message: 'The spec belongs to no project, so there is no repository to plan it for.',
    advice: `Specify the project: \`moose spec plan ${shortId(specId)} --project NAME\`; \`moose project ls\` lists the projects.`,
  });
}

/** The approved version is the one that runs: another version would never run. */
export function specApproved(specId: string, version: number): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'SPEC_APPROVED',
    message: `Version ${version} of the plan is already approved, so no other version can be approved.`,
    advice: `See how far it is with \`moose spec status ${shortId(specId)}\`; for another plan, store the spec again.`,
  });
}

export function approvalOfProgram(specId: string): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'APPROVAL_NOT_YOURS',
    message: 'Only a person can approve the plan of a spec. For a program, the Director decides.',
    advice: `Let the Director decide: \`moose spec plan ${shortId(specId)} --run\`; or have a person approve it.`,
  });
}

export function planNotNewest(specId: string, version: number, newest: number): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'PLAN_NOT_NEWEST',
    message: `The newest version of the plan is ${newest}, but this approval is for version ${version}.`,
    advice: `Look at the newest version (\`moose spec show ${shortId(specId)}\`), and approve that one.`,
  });
}

export function planNotValid(specId: string, { version, problems }: SpecPlan): PermanentError {
  const [first] = problems;
  return new PermanentError({
    ...fields,
    code: 'PLAN_NOT_VALID',
    message: `Version ${version} of the plan is not valid: ${first?.message}`,
    advice: `Correct it first: \`moose spec edit ${shortId(specId)} --file plan.json\`, or plan the spec again.`,
  });
}

export function projectRemoved(): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'PROJECT_NOT_FOUND',
    message: 'The project of the spec has been removed.',
    advice: 'Store the spec again for another project; `moose project ls` lists the projects.',
  });
}
