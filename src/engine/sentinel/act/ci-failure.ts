// The failure of a change on CI: as text for the next prompt, as a record, and as fingerprints of equal failures.

import type { Classification } from '../../../classifier/failure-case.ts';
import type { Check } from '../../../domain/forge/forge.ts';
import { visibleLine } from '../../../domain/text/visible-text.ts';
import type { Feedback } from '../../../domain/work-order/step-result.ts';
import { failureMarks } from '../../watch/pause-early.ts';
import type { FailedLog } from '../look-at.ts';
import type { CiFailure } from '../next/followed.ts';
import { namesOf } from '../next/next-of-facts.ts';

/** The maximum that fits into a prompt. */
const outputCharsMax = 12_000;
const summaryCharsMax = 300;

export function feedbackOf(
  logs: readonly FailedLog[],
  {
    failed,
    redOnBase,
    tried,
  }: { failed: readonly Check[]; redOnBase: ReadonlySet<string>; tried: string | null },
): Feedback {
  const deciding = decidingOf(logs);
  const said = logs.map(logWords).filter(Boolean);
  const each = Math.floor(outputCharsMax / Math.max(1, said.length));
  return {
    summary: summaryOf(logs, failed),
    output: said.map((text) => text.slice(-each)).join('\n\n'),
    failureClass: deciding?.failureClass ?? 'unknown',
    tried,
    context: deciding?.context ?? {},
    ...(redOnBase.size > 0 ? { redBefore: [...redOnBase] } : {}),
  };
}

/** The first failed check that a rule recognized: causes come before symptoms. */
function decidingOf(logs: readonly FailedLog[]): Classification | undefined {
  const found = logs.find(({ classification }) => classification.failureClass !== 'unknown') ?? logs[0];
  return found?.classification;
}

function summaryOf(logs: readonly FailedLog[], failed: readonly Check[]): string {
  const steps = logs.flatMap(({ check, log }) =>
    log?.failedStep ? [`${visibleLine(check.name)} at the step "${visibleLine(log.failedStep)}"`] : [],
  );
  const where = steps.length > 0 ? ` (${steps.join(', ')})` : '';
  return `CI is red: ${visibleLine(namesOf(failed))} failed${where}.`;
}

function logWords({ check, log }: FailedLog): string {
  const text = log?.text ?? check.summary ?? '';
  return text === '' ? '' : `${visibleLine(check.name)}:\n${text}`;
}

/** Fingerprints from the name of the check and the words of its log. */
export function marksOf(feedback: Feedback, at: { sha: string; tree: string }): CiFailure {
  return {
    ...at,
    ...failureMarks(feedback),
    failedAt: feedback.summary.replace(/\.$/, '').slice(0, summaryCharsMax),
  };
}
