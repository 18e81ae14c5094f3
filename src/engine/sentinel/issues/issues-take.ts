// Turns issues with a project's label into work orders, each once, if somebody with write access added the label
// (R-SEN-5) and its author without write access has not edited it since. The text of the issue is untrusted: limited in
// length and quoted.

import {
  ConfigurationError,
  isMooseError,
  type MooseError,
  PermanentError,
} from '../../../domain/failure.ts';
import { newId, type WorkOrderId } from '../../../domain/ids.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import { type DueIntake, intakeLooked } from '../../../store/work/pull-requests/forge-intakes.ts';
import { issueAt, refuseIssue, takeIssue } from '../../../store/work/pull-requests/forge-issues.ts';
import { workOrderById } from '../../../store/work/work-orders/work-orders.ts';
import { submit } from '../../commands/submit/submit.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import type { Forge, ForgeIssue } from '../../ports/forge.ts';
import { sentinelFailures } from '../failure-catalogue.ts';
import { actorOf, askForge, type RemarksDeps, rests } from '../remarks/remarks-deps.ts';
import { whyNotFrom } from '../remarks/remarks-judge.ts';
import { requestOf } from './issues-text.ts';

/** Issues of one project that become work orders in one round; the rest follow in the next round. */
const takenMax = 20;
const everyMs = 60_000;
const afterFailureMs = 5 * 60_000;
/** For whoever added the label: it is the only place where they see it. */
const editedText =
  'Moose has not started: this issue may have been edited after the label was added. To start, read it, then remove the label and add it again.';
/** A forge may show a label some time after it was added, and its clock may differ from ours. */
const overlapMs = 10 * 60_000;

/** Records a failure with the project, for the next look; returns it. */
export async function takeIssues(
  deps: RemarksDeps,
  intake: DueIntake,
  signal: AbortSignal,
): Promise<MooseError | null> {
  const { database } = deps;
  const { projectId, label, now } = intake;
  const place = { host: '', repository: '' };
  try {
    const forge = await deps.forges.of(projectId, signal);
    Object.assign(place, { host: forge.host, repository: forge.repository });
    if (forge.kind === 'local') throw noIssues(intake);
    const isComplete = await takeFrom(deps, forge, intake, signal);
    const complete = isComplete ? { label, at: now } : null;
    const look = { ...place, problem: null, nextInMs: isComplete ? everyMs : 0, complete };
    await database.run((query) => intakeLooked(query, projectId, look), signal);
    return null;
  } catch (cause) {
    if (signal.aborted) throw cause;
    const error = toMooseError(cause, 'sentinel', 'take issues');
    const nextInMs = Math.max(error.retryAfterMs ?? 0, afterFailureMs);
    const look = { ...place, problem: asSentence(error.message), nextInMs, complete: null };
    await database.run((query) => intakeLooked(query, projectId, look), signal);
    return error;
  }
}

/** False if more issues are left. */
async function takeFrom(
  deps: RemarksDeps,
  forge: Forge,
  intake: DueIntake,
  signal: AbortSignal,
): Promise<boolean> {
  const { label, lookedAt } = intake;
  const since = lookedAt && new Date(lookedAt.getTime() - overlapMs);
  const asked = { ...deps, forge, signal };
  const issues = await askForge(asked, 'list issues', () => forge.listIssues({ label, since }, signal));
  let taken = 0;
  for (const issue of issues.filter(({ state }) => state === 'open')) {
    if (taken >= takenMax) return false;
    if (await takeOne(deps, forge, intake, issue, signal)) taken += 1;
  }
  return true;
}

/** True if the issue became a work order now. */
async function takeOne(
  deps: RemarksDeps,
  forge: Forge,
  { projectId, programs }: DueIntake,
  issue: ForgeIssue,
  signal: AbortSignal,
): Promise<boolean> {
  const { database, clock } = deps;
  const { host, repository } = forge;
  const { number, url, title, author, labelledBy } = issue;
  const labelledAt = issue.labelledAt === null ? null : new Date(issue.labelledAt);
  const asking = { projectId, host, repository, number, url, title, author, labelledBy, labelledAt };
  const known = await database.run((query) => issueAt(query, asking), signal);
  if (known?.workOrderId) return false;
  // It was refused, and nobody has added the label since then.
  if (known?.state === 'refused' && isSameLabel(known, asking)) return false;
  const because = await whyNot(deps, forge, asking, programs, signal);
  if (because !== null) {
    await database.run((query) => refuseIssue(query, asking, because), signal);
    return false;
  }
  const id = newId<WorkOrderId>(clock.now());
  const actor = actorOf({ author: labelledBy ?? '', host }, programs);
  try {
    const { order } = await submit(deps, { ...requestOf(issue, repository), project: projectId }, actor, {
      id,
      existing: async (query) => ((await takeIssue(query, asking, id)) ? undefined : taker(query, asking)),
    });
    deps.reached('issues:taken');
    return order.id === id;
  } catch (cause) {
    const isRefusal = cause instanceof PermanentError || cause instanceof ConfigurationError;
    if (!isRefusal || !isMooseError(cause)) throw cause;
    await database.run((query) => refuseIssue(query, asking, asSentence(cause.message)), signal);
    return false;
  }
}

/** The work order that another process submitted for the issue. */
async function taker(query: Parameters<typeof issueAt>[0], key: Parameters<typeof issueAt>[1]) {
  const row = await issueAt(query, key);
  return row?.workOrderId ? workOrderById(query, row.workOrderId) : undefined;
}

interface Asking {
  number: number;
  author: string;
  labelledBy: string | null;
  labelledAt: Date | null;
  host: string;
  repository: string;
}

function isSameLabel(
  a: Pick<Asking, 'labelledBy' | 'labelledAt'>,
  b: Pick<Asking, 'labelledBy' | 'labelledAt'>,
): boolean {
  // Rows of older versions have no time.
  const isSameTime = a.labelledAt === null || a.labelledAt.getTime() === b.labelledAt?.getTime();
  return a.labelledBy === b.labelledBy && isSameTime;
}

async function whyNot(
  deps: RemarksDeps,
  forge: Forge,
  { labelledBy, labelledAt, number, author, host, repository }: Asking,
  programs: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  if (labelledBy === null || labelledAt === null)
    return 'the forge does not say who added the label, and when';
  const asked = { ...deps, forge, signal };
  const mayWrite = (login: string) => askForge(asked, 'ask for rights', () => forge.mayWrite(login, signal));
  const because = whyNotFrom(
    { author: labelledBy, host, repository },
    { mayWrite: await mayWrite(labelledBy), programs },
  );
  if (because !== null || author === labelledBy || (await mayWrite(author))) return because;
  const isEdited = await askForge(asked, 'ask for edits', () =>
    forge.isIssueEdited(number, labelledAt, signal),
  );
  if (!isEdited) return null;
  const saying = { number, onIssue: true, text: editedText, key: `issue:${number}:edited` };
  await askForge(asked, 'comment', () => forge.say(saying, signal)).catch((cause: unknown) => {
    // The forge does not take it, as in a locked discussion: other issues must not wait for that.
    if (signal.aborted || !isMooseError(cause) || rests(cause)) throw cause;
  });
  return 'the issue may have been edited after the label was added';
}

function noIssues({ name }: DueIntake): ConfigurationError {
  return sentinelFailures.INTAKE_WITHOUT_FORGE('take issues', { name });
}
