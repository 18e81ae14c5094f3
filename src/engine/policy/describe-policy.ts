// Describes the recovery table in words, for the command line and the documents.
import { counted } from '../../domain/text/counted.ts';
import type { RecoveryPolicy } from './recovery-policy.ts';

export interface PolicyLine {
  component: string;
  failureClass: string;
  category: string;
  code: string;
  does: string;
  because: string;
}

const delaysShownMax = 8;

export function describePolicy(policy: RecoveryPolicy): PolicyLine {
  const { component, failureClass, category, code = '', because } = policy;
  return { component, failureClass, category, code, does: doingOf(policy), because };
}

function doingOf({ act, delaysMs = [], otherwise: limited }: RecoveryPolicy): string {
  const otherwise = limited ?? 'escalate';
  const word = (of: string) => of.replaceAll('_', ' ');
  const delays = delaysMs.map((ms) => (ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`));
  if (act === 'pause') {
    const what = delays.length > 0 ? `pause for ${delays.join(', ')}, and so on` : 'pause';
    return limited === undefined ? what : `${what}; after \`settings.limits.return_ms\` ${word(limited)}`;
  }
  if (act === 'fall_back') return `fall back; else ${word(otherwise)}`;
  if (act !== 'retry') return word(act);
  if (delaysMs.every((ms) => ms === 0))
    return `retry at once, up to ${counted(delays.length, 'time')}; then ${word(otherwise)}`;
  if (delays.length <= delaysShownMax) return `retry after ${delays.join(', ')}; then ${word(otherwise)}`;
  const some = delays.slice(0, delaysShownMax).join(', ');
  return `retry after ${some}, …, ${delays.length} times in all; then ${word(otherwise)}`;
}
