// How strictly the changes of a project are judged (R-GREEN-7): only a person may make it less strict. Pure.
import type * as wire from '../../../contract/contract.ts';
import { isLaxer } from '../../../domain/work-order/verify-level.ts';
import type { ProjectSettings } from '../../../domain/work-order/work-order.ts';
import type { ProjectChange } from './ask-projects.ts';

export const projectVerifyOf = ({ verify }: ProjectSettings) => ({ verify: verify ?? null });

/** Null leaves it to the file of the repository, which may name any level: then only `strict` cannot be less strict. */
export function widenedVerify(
  { name, verify: now }: Pick<wire.Project, 'name' | 'verify'>,
  { verify }: Pick<ProjectChange, 'verify'>,
): string[] {
  if (verify === undefined || verify === now) return [];
  const isWider = verify === null ? now !== 'checks-only' : isLaxer(verify, now ?? 'strict');
  return isWider ? [`judging the changes of ${name} less strictly`] : [];
}
