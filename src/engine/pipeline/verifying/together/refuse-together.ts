// A change that is red together with another open one goes back to its agent, which sees the other one (R-GREEN-11).

import { classifyCheck } from '../../../../classifier/classify.ts';
import type { CheckResult } from '../../../../domain/work-order/check.ts';
import type { Finding } from '../../../../domain/work-order/finding.ts';
import type { ApplyingResult, VerifyingResult } from '../../../../domain/work-order/step-result.ts';
import { nameOfChange } from '../../../../domain/work-order/together.ts';
import { mergeBaseOf } from '../../../../git/merge/merge-changes.ts';
import { diffText } from '../../../../git/read/patch.ts';
import { recordEvent } from '../../../../store/work/work-orders/work-orders.ts';
import { type Neighbour, redWords } from '../../../run/together/judge-together.ts';
import { fenced, type StepEnd, type Work } from '../../../run/work.ts';
import { judgeFailures } from '../../../workplace/judge/failure-catalogue.ts';
import { checkedTogether, type VerifiedTogether } from './verify-together.ts';

const diffCharsMax = 16_000;
const outputCharsMax = 8_000;

/** Null if nobody is to blame here. The result is on record either way. */
export async function refusedTogether(
  work: Work,
  verified: VerifiedTogether,
  {
    applied,
    results,
    findings,
  }: { applied: ApplyingResult; results: CheckResult[]; findings: readonly Finding[] },
): Promise<StepEnd<'verifying'> | null> {
  const { order } = work;
  const { judged } = verified;
  const together = checkedTogether(verified);
  await tell(work, verified);
  const { red, blamed } = judged;
  if (judged.is !== 'red' || red === null) return null;
  const names = blamed.map(nameOfChange).join(' and ');
  const because = `It is green alone, and red together with ${names}: ${redWords(red)}.`;
  const found: Finding = {
    weight: 'refuses',
    kind: 'red_together',
    text: because,
    files: [],
    tests: red.tests,
  };
  const { failureClass } = classifyCheck({ ...red, passed: false, signal: null, stoppedBecause: null });
  const result: VerifyingResult = {
    checks: results,
    isVerified: false,
    notVerifiedBecause: because,
    treeSha: applied.treeSha,
    findings: [found, ...findings],
    together,
    feedback: {
      summary: `${because} Change it so that it is green with that change and without it.`,
      output: `${red.outputTail.slice(-outputCharsMax)}\n\n${await diffsOf(work, blamed)}`,
      failureClass,
      tried: applied.summary || null,
    },
  };
  const metadata = { findings: [found], runs: judged.runs, treeSha: judged.treeSha, with: together.with };
  const failure = judgeFailures.CHECK_FAILED_TOGETHER(
    { operation: 'verify', workOrderId: order.id, failureClass, metadata },
    { names, red: redWords(red) },
  );
  return { end: 'refine', result, failure };
}

/** What the others change, as far as it fits. */
async function diffsOf({ project, order, signal }: Work, blamed: readonly Neighbour[]): Promise<string> {
  const { repositoryPath } = project;
  const shown: string[] = [];
  for (const other of blamed) {
    const from = await mergeBaseOf(repositoryPath, order.baseSha ?? other.headSha, other.headSha, { signal });
    if (from === null) continue;
    const diff = await diffText({ repositoryPath, from, to: other.headSha, signal });
    shown.push(`What ${nameOfChange(other)} changes:\n${diff.slice(0, diffCharsMax / blamed.length)}`);
  }
  return shown.join('\n\n');
}

async function tell(work: Work, { judged, mode }: VerifiedTogether): Promise<void> {
  const { order, actor } = work;
  const { is, runs, treeSha, blamed, left } = judged;
  const others = judged.with.map(nameOfChange);
  const reason = sentence(is, others, blamed.map(nameOfChange), left.map(nameOfChange));
  await fenced(work, (query) =>
    recordEvent(query, {
      workOrderId: order.id,
      kind: 'together.checked',
      actor,
      reason,
      detail: { is, mode, runs, treeSha },
    }),
  );
}

function sentence(
  is: VerifiedTogether['judged']['is'],
  others: readonly string[],
  blamed: readonly string[],
  left: readonly string[],
): string {
  const names = others.join(', ');
  const without =
    left.length > 0 ? `; left out, because git cannot merge them with it: ${left.join(', ')}` : '';
  switch (is) {
    case 'red':
      return `red together with ${blamed.join(' and ')}${without}`;
    case 'not ours':
      return `${names}: red without this change too${without}`;
    case 'unknown':
      return `not known whether it is green together with ${names}: the machine failed${without}`;
    case 'conflict':
      return `not checked together with others: it conflicts with its base branch`;
    default:
      return `green together with ${names}${without}`;
  }
}
