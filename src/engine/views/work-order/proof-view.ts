// What the newest verification of a work order shows, in sentences, and what its agent said at the end. Pure.
import type * as wire from '../../../contract/contract.ts';
import { proofLines } from '../../../domain/work-order/proof.ts';
import { readStepResult, type VerifyingResult } from '../../../domain/work-order/step-result.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { WorkOrderRecord } from './read-work-order.ts';

/** `results`: newest first, without long texts. */
export function proofView({
  order,
  view,
  results,
}: {
  order: Pick<WorkOrder, 'baseBranch'>;
  view: Pick<wire.WorkOrder, 'verification'>;
  results: WorkOrderRecord['results'];
}): wire.ProofLine[] {
  const [newest, ...earlier] = results
    .filter(({ step }) => step === 'verifying')
    .map(({ result }) => verified(result));
  const { verification } = view;
  return proofLines({
    isVerified: verification?.is_verified ?? null,
    because: verification?.because ?? null,
    level: verification?.level ?? null,
    baseBranch: order.baseBranch ?? 'the base branch',
    checks: newest?.checks ?? [],
    proof: newest?.proof ?? [],
    findings: verification?.findings ?? [],
    together: newest?.together,
    refused: earlier.reverse().flatMap((each) => refusalOf(each) ?? []),
  });
}

/** The feedback is a text here, and the output of checks is left out. */
function verified({ feedback: _, ...result }: Record<string, unknown>): VerifyingResult | undefined {
  const checks = Array.isArray(result.checks) ? result.checks : [];
  return readStepResult('verifying', {
    ...result,
    checks: checks.map((check: object) => ({ outputTail: '', ...check })),
  });
}

const refusalOf = (result: VerifyingResult | undefined) =>
  result?.findings?.find(({ weight }) => weight === 'refuses')?.text;

export function saidView(results: WorkOrderRecord['results']): wire.WorkOrderDetail['said'] {
  for (const { step, result } of results) {
    if (step !== 'applying') continue;
    const { agent, summary } = result;
    if (typeof agent === 'string' && typeof summary === 'string' && summary.trim() !== '')
      return { agent, text: summary.trim() };
  }
  return null;
}
