// Whether a change is verified, why not, and what was found about it, for programs and people (R-GREEN-1). Pure.
import type * as wire from '../../../contract/contract.ts';
import type { Finding } from '../../../domain/work-order/finding.ts';
import type { Judgement } from '../../../store/work/work-orders/judgements.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';

/** Null until its change is verified, or refused. */
export function verificationView(
  { isVerified, notVerifiedBecause }: Pick<WorkOrder, 'isVerified' | 'notVerifiedBecause'>,
  judgement: Judgement | undefined,
): wire.WorkOrder['verification'] {
  const found = judgement?.findings ?? [];
  const judged = { level: judgement?.level ?? null, findings: found.map(findingView) };
  if (isVerified !== null) return { is_verified: isVerified, because: notVerifiedBecause, ...judged };
  const refusing = found.find(({ weight }) => weight === 'refuses');
  return refusing ? { is_verified: false, because: refusing.text, ...judged } : null;
}

export function findingView({ weight, kind, text, files, tests }: Finding): wire.Finding {
  return { weight, kind, text, files: [...files], tests: [...tests] };
}
