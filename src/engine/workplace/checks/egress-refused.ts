// A setup or a check that failed after it was refused a host: a person is asked immediately, with what to add
// to the project's file (R-SEC-6).

import type { ConfigurationError } from '../../../domain/failure.ts';
import { egressAdvice, type Refusal, refusedText } from '../../../domain/machine/egress.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { CheckResult } from '../../../domain/work-order/check.ts';
import type { Work } from '../../run/work.ts';
import { workplaceFailures } from '../failure-catalogue.ts';

export function egressRefused(
  { order, project }: Work,
  { kind, command }: CheckResult,
  refused: readonly Refusal[],
  metadata: Record<string, unknown>,
  step: Step,
): ConfigurationError {
  return workplaceFailures.EGRESS_REFUSED(
    {
      operation: step === 'preparing' ? 'prepare' : 'verify',
      workOrderId: order.id,
      metadata: { ...metadata, refused: [...refused] },
    },
    {
      kind,
      command,
      refused: refusedText(refused),
      advice: egressAdvice(refused, { project: project.name }),
    },
  );
}
