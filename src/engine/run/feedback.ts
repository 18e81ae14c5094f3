// Feedback for the next attempt (R-REC-5): what failed, what was tried, and what a person added.

import type { MooseError } from '../../domain/failure.ts';
import type { RunId } from '../../domain/ids.ts';
import { type Feedback, readAnyResult, readStepResult } from '../../domain/work-order/step-result.ts';
import type { FailureNote } from '../../domain/work-order/work-order.ts';
import type { Query } from '../../store/database.ts';
import {
  listAttemptResults,
  listResultsOfCycle,
  newestResultAmong,
} from '../../store/work/runs/earlier-results.ts';
import { newestStepResult } from '../../store/work/runs/runs.ts';
import type { Work } from './work.ts';

/** The feedback of the step before this cycle, if any. */
export async function feedbackFor(work: Work): Promise<Feedback | null> {
  return work.database.run(async (query) => {
    if (work.run.cycle > 0) {
      const { failure } = work.run.settings;
      const left = await feedbackOfCycle(query, work, work.run.cycle - 1);
      const begun = await startedFor(query, work);
      const feedback =
        left && begun
          ? together(left, begun)
          : (left ?? begun ?? (failure ? await fromNote(query, work, failure) : null));
      if (feedback === null) return null;
      // After an interrupted cycle, the last attempt is older.
      const last = short(feedback.tried ?? '');
      const before = await triedBeforeIn(query, work);
      const triedBefore = before.filter((each) => last === '' || !each.startsWith(last));
      return triedBefore.length > 0 ? { ...feedback, triedBefore } : feedback;
    }
    // The first cycle of a later run gets the failure that ended the previous run.
    if (work.run.number === 1 || !work.order.failure) return null;
    return (await newestFeedback(query, work)) ?? fromNote(query, work, work.order.failure);
  }, work.signal);
}

/**
 * What this run was started to fix, if all that it has done since is to bring the change to its branches: nobody has been
 * told yet.
 */
export async function startedFor(query: Query, work: Pick<Work, 'run' | 'order'>): Promise<Feedback | null> {
  if (work.run.number === 1 || !(await hasOnlyBrought(query, work.run))) return null;
  return newestFeedback(query, work, { exceptRun: work.run.id });
}

/** Whether each earlier cycle of the run has only brought the change to its branches. */
export async function hasOnlyBrought(query: Query, { id, cycle }: Work['run']): Promise<boolean> {
  const results = await listAttemptResults(query, id);
  const isBrought = (each: (typeof results)[number]) =>
    each.step === 'applying' && readStepResult('applying', each.result)?.baseMerged !== undefined;
  const brought = new Set(results.filter(isBrought).map((each) => each.cycle));
  return cycle > 0 && Array.from({ length: cycle }, (_, at) => at).every((at) => brought.has(at));
}

/** A conflict of the branches is resolved first, and then the rest is fixed. */
function together(first: Feedback, rest: Feedback): Feedback {
  return {
    ...rest,
    ...first,
    summary: `${first.summary} Then fix this: ${rest.summary}`,
    output: [first.output, rest.output].filter(Boolean).join('\n\n'),
  };
}

/** As much of the last words of a program as says why it died. */
const lastWordsMax = 2_000;

/** The last words of a program that died go along: its exit code alone says little. */
export function failureNote({ code, message, advice = '', metadata }: MooseError): FailureNote {
  const { stderrTail, stdoutTail } = (metadata.process ?? {}) as Partial<
    Record<'stderrTail' | 'stdoutTail', string>
  >;
  const output = (stderrTail?.trim() || stdoutTail?.trim() || '').slice(-lastWordsMax);
  return { code, message, advice, ...(output ? { output } : {}) };
}

const triedShownMax = 5;
const triedCharsMax = 400;

/** The attempts of this run before the last one. */
async function triedBeforeIn(query: Query, { run }: Work): Promise<string[]> {
  const results = await listAttemptResults(query, run.id);
  const tried: string[] = [];
  for (let cycle = Math.max(0, run.cycle - 1 - triedShownMax); cycle < run.cycle - 1; cycle++) {
    const ofCycle = results.flatMap((each) =>
      each.cycle === cycle ? (readAnyResult(each.result) ?? []) : [],
    );
    const planned = ofCycle.map(({ proposal }) => proposal?.plan).find(Boolean);
    const did = planned ?? ofCycle.map(({ summary }) => summary).find(Boolean);
    const failed = ofCycle.findLast(({ feedback }) => feedback)?.feedback?.summary;
    if (did) tried.push(`${short(did)}${failed ? ` (${short(failed)})` : ''}`);
  }
  return tried;
}

const short = (text: string) => text.replace(/\s+/g, ' ').trim().slice(0, triedCharsMax);

async function feedbackOfCycle(query: Query, work: Work, cycle: number): Promise<Feedback | null> {
  const results = await listResultsOfCycle(query, work.run.id, cycle);
  for (const { result } of results) {
    const { feedback } = readAnyResult(result) ?? {};
    if (feedback) return feedback;
  }
  // A message ended that cycle without a result: the earlier failure still has to be fixed.
  const wasInterrupted = results.length > 0 && results.every(({ step }) => step === 'generating');
  return wasInterrupted && cycle > 0 ? feedbackOfCycle(query, work, cycle - 1) : null;
}

/** The newest result of an application, a check or CI, unless it succeeded. */
async function newestFeedback(
  query: Query,
  { order }: Pick<Work, 'order'>,
  of: { exceptRun?: RunId } = {},
): Promise<Feedback | null> {
  const newest = await newestResultAmong(query, order.id, ['applying', 'verifying', 'awaiting_ci'], of);
  return readAnyResult(newest)?.feedback ?? null;
}

async function fromNote(query: Query, work: Work, failure: FailureNote): Promise<Feedback> {
  const generated = await newestStepResult(query, work.order.id, 'generating');
  return {
    summary: failure.message,
    output: failure.output ?? '',
    failureClass: work.order.failureClass ?? 'unknown',
    tried: generated?.proposal?.plan ?? null,
  };
}
