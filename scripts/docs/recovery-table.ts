import { defaultRecoveryPolicies, type RecoveryPolicy } from '../../src/engine/recovery/policy.ts';
import { markdownTable } from './markdown-table.ts';

/** The policies in the order in which they are asked. */
export function recoveryTable(): string {
  const rows = defaultRecoveryPolicies.map((policy, index) => [
    String(index + 1),
    policy.step === '*' ? 'any' : `\`${policy.step}\``,
    failureOf(policy),
    actionOf(policy),
    policy.because,
  ]);
  return markdownTable(['', 'step', 'failure', 'then', 'because'], rows);
}

function failureOf({ failure }: RecoveryPolicy): string {
  if (failure === '*') return 'any';
  const [, kind, name] = /^(code|class):(.+)$/.exec(failure) ?? [];
  if (name === undefined) return failure;
  return kind === 'class' ? `class \`${name}\`` : `\`${name}\``;
}

const shownMax = 8;

function actionOf({ act, delaysMs = [] }: RecoveryPolicy): string {
  if (act !== 'retry') return act;
  const delays = delaysMs.map((ms) => `${ms / 1_000} s`);
  if (delays.length <= shownMax) return `retry after ${delays.join(', ')}; then escalate`;
  return `retry after ${delays.slice(0, shownMax).join(', ')}, …, ${delays.length} times in all; then escalate`;
}
