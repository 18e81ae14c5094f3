import { defaultRecoveryPolicies } from '../../src/engine/policy/default-policies.ts';
import { describePolicy } from '../../src/engine/policy/describe-policy.ts';
import { markdownTable } from './markdown-table.ts';

/** The recovery policies in the order in which they are tried. */
export function recoveryTable(): string {
  const rows = defaultRecoveryPolicies.map((policy, index) => {
    const { component, failureClass, category, code, does, because } = describePolicy(policy);
    const what =
      [orAny(failureClass), orAny(category), code && `\`${code}\``].filter(Boolean).join(', ') || 'any';
    return [String(index + 1), component === '*' ? 'any' : `\`${component}\``, what, does, because];
  });
  return markdownTable(['', 'where', 'failure', 'then', 'because'], rows);
}

function orAny(name: string): string {
  return name === '*' ? '' : name;
}
