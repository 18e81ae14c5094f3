// The failure in which a rule's sample, or another text that it matches, is the output.
import type { FailureCase } from './failure-case.ts';
import type { Rule } from './match/rule.ts';

export function caseOf(rule: Rule, stderr: string = rule.sample): FailureCase {
  return {
    command: rule.sampleCommand ?? '',
    exitCode: 1,
    stderr,
    ...(rule.components?.[0] ? { component: rule.components[0] } : {}),
    ...(rule.purposes?.[0] ? { purpose: rule.purposes[0] } : {}),
  };
}
