// A setup or a check that failed after it was refused a host: a person is asked immediately, with what to add
// to the project's file (R-SEC-6).
import type { CheckResult } from '../../domain/check.ts';
import { egressAdvice, type Refusal, refusedText } from '../../domain/egress.ts';
import { ConfigurationError } from '../../domain/failure.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Work } from '../run/work.ts';

export function egressRefused(
  { order, project }: Work,
  { kind, command }: CheckResult,
  refused: readonly Refusal[],
  metadata: Record<string, unknown>,
  step: Step,
): ConfigurationError {
  return new ConfigurationError({
    code: 'EGRESS_REFUSED',
    component: 'pipeline',
    operation: step === 'preparing' ? 'prepare' : 'verify',
    workOrderId: order.id,
    message: `The ${kind} check \`${command}\` failed, and it was refused hosts that are not on its list: ${refusedText(refused)}.`,
    advice: `If the project needs them, ${egressAdvice(refused, { project: project.name })}; then \`moose retry ID --from routing\`. Otherwise read its output: \`moose logs ID\`.`,
    failureClass: 'dependency_missing',
    metadata: { ...metadata, refused: [...refused] },
  });
}
