// Submits a work order: its row and the start of its first run are committed together, so neither can be lost.

import { newId, type RunId, type WorkOrderId } from '../../../domain/ids.ts';
import { problemOfLabels } from '../../../domain/machine/label.ts';
import { redact } from '../../../domain/text/redact.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import { askedOf, problemOfAsked } from '../../../domain/work-order/given-asked.ts';
import { cyclesOf, type WorkOrderSettings, workOrderLimits } from '../../../domain/work-order/work-order.ts';
import { enqueueRun } from '../../../durable/enqueue-run.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database, Query } from '../../../store/database.ts';
import { toJson } from '../../../store/storable.ts';
import { insertGroup, insertMember } from '../../../store/work/groups/groups.ts';
import type { Project } from '../../../store/work/projects/projects.ts';
import { insertRun } from '../../../store/work/runs/run-ends.ts';
import {
  insertWorkOrder,
  requireWorkOrder,
  type WorkOrder,
} from '../../../store/work/work-orders/work-orders.ts';
import { commandFailures } from '../failure-catalogue.ts';
import { candidatesFor, refuseCandidates } from './candidate-submissions.ts';
import { refuseCommand } from './command-submissions.ts';
import { jointParts, refuseJoint, repositoriesOf } from './joint-submissions.ts';
import { type FoundRepository, findRepository } from './project-of-submission.ts';
import type { Submission, SubmissionPart, SubmitInGiven } from './submission.ts';

export interface Submitted {
  order: WorkOrder;
  /** Problems that a person should know about but that block nothing. */
  warnings: string[];
}

export interface SubmitGiven {
  /** Chosen by the caller, so that repeating the submission has no effect. */
  id?: WorkOrderId;
  /** The completed work order whose pull request has a conflict: who asked for it has asked for this one. */
  replaces?: Pick<WorkOrder, 'id' | 'requestedBy'>;
  /** Who asks, if it is not the actor: the person whose token a program uses. */
  requester?: string | undefined;
  /** It goes on with a sub-task. */
  isOfSubtask?: boolean;
  /** Called in the transaction that submits: if it finds a work order, that one is returned, and nothing is submitted. */
  existing?: (query: Query) => Promise<WorkOrder | undefined>;
}

/** @throws MooseError; in each case nothing is stored */
export async function submit(
  { database, clock }: { database: Database; clock: Clock },
  submission: Submission,
  actor: string,
  {
    id = newId<WorkOrderId>(clock.now()),
    replaces,
    requester = actor,
    isOfSubtask = false,
    existing,
  }: SubmitGiven = {},
): Promise<Submitted> {
  assertSubmission(submission);
  const found: FoundRepository[] = [];
  for (const given of repositoriesOf(submission)) found.push(await findRepository(database, given));
  const now = clock.now();
  const order = await database.transaction(async (query) => {
    const made = await existing?.(query);
    if (made) return made;
    const projects: Project[] = [];
    for (const repository of found) projects.push(await repository.project(query, now));
    const by = { actor, requester: replaces?.requestedBy ?? requester, because: 'submitted' };
    const same = { id, now, replaces: replaces?.id, isOfSubtask, ...by };
    return submitAll(query, submission, same, projects);
  });
  const isDirty = found.some((repository) => repository.isDirty);
  return {
    order,
    warnings: [...found.flatMap(({ warnings }) => warnings), ...warningsOf(submission, isDirty)],
  };
}

/** @throws `SUBMISSION_INVALID`, `COMMAND_INVALID`, `SECRET_IN_COMMAND`, `SECRET_IN_CHECK`, `LABEL_INVALID`, `ASKED_INVALID` */
export function assertSubmission(submission: Submission): void {
  refuseUnusable(submission);
  refuseCandidates(submission);
  refuseJoint(submission);
  refuseCommand(submission);
  refuseSecretIn(submission.checks ?? []);
  assertLabels(submission.labels ?? []);
  const problem = problemOfAsked(askedOf(submission.asked));
  if (problem !== undefined) throw commandFailures.ASKED_INVALID('submit', { problem });
}

/** One work order, or a group of them; returns the first. */
async function submitAll(
  query: Query,
  submission: Submission,
  same: Omit<SubmitInGiven, 'projectId'>,
  projects: readonly Project[],
): Promise<WorkOrder> {
  const [project] = projects;
  if (project === undefined) throw new TypeError('A work order has a project');
  const given = { ...same, projectId: project.id };
  const parts =
    projects.length > 1 ? jointParts(submission, given, projects) : candidatesFor(submission, given);
  if (parts.length === 0) return submitIn(query, submission, given);
  return submitGroup(query, parts, submission);
}

async function submitGroup(
  query: Query,
  parts: readonly SubmissionPart[],
  { limitNanoUsd }: Submission,
): Promise<WorkOrder> {
  const [first, ...others] = parts;
  const place = first?.given.group;
  if (first === undefined || place === undefined) throw new TypeError('A group has a first work order');
  const order = await submitIn(query, first.submission, first.given);
  const group = { id: order.id, kind: place.kind, size: parts.length, limitNanoUsd: limitNanoUsd ?? null };
  // The transaction may run again after a lost answer: then the whole group is there.
  if (!(await insertGroup(query, group))) return order;
  for (const other of others) await submitIn(query, other.submission, other.given);
  for (const [index, { given }] of parts.entries())
    await insertMember(query, { groupId: order.id, workOrderId: given.id, number: index + 1 });
  return order;
}

/** Submits in the caller's transaction. Call `assertSubmission` first. */
export async function submitIn(
  query: Query,
  submission: Submission,
  { id, now, projectId, actor, requester, because, replaces, group, isOfSubtask, subtaskOf }: SubmitInGiven,
): Promise<WorkOrder> {
  const asked = askedOf(submission.asked);
  const settings: WorkOrderSettings = {
    ...(submission.agent ? { agent: submission.agent } : {}),
    ...(submission.model ? { model: submission.model } : {}),
    ...(submission.command === undefined ? {} : { command: submission.command.trim() }),
    ...(submission.checks && submission.checks.length > 0 ? { checks: [...submission.checks] } : {}),
    ...(submission.allowCiChanges ? { allow_ci_changes: true } : {}),
    ...(asked ? { asked } : {}),
    ...(submission.base ? { base: submission.base } : {}),
    ...(submission.labels?.length ? { labels: [...submission.labels] } : {}),
    ...(replaces ? { replaces } : {}),
    ...(group ? { group } : {}),
    ...(isOfSubtask ? { of_subtask: true } : {}),
    ...(submission.timeLimitMs === undefined ? {} : { is_time_given: true }),
  };
  // The transaction may run again after a lost answer: the same work order is one row.
  const isNew = await insertWorkOrder(query, {
    id,
    projectId,
    title: submission.title.trim(),
    description: submission.description?.trim() ?? '',
    acceptance: submission.acceptance?.trim() ?? '',
    settings: toJson(settings),
    limitNanoUsd: submission.limitNanoUsd ?? null,
    timeLimitMs: submission.timeLimitMs ?? workOrderLimits.timeLimitMsDefault,
    run: 1,
    refinementCyclesMax: cyclesOf(settings),
    needsApproval: submission.needsApproval ?? false,
    changedBy: actor,
    changedBecause: because,
    requestedBy: requester,
    ...(subtaskOf && { ...subtaskOf, setAsideNanoUsd: submission.limitNanoUsd ?? 0n }),
  });
  if (isNew && !submission.needsApproval) await startFirstRun(query, id, now);
  return requireWorkOrder(query, id);
}

/** Call this in the transaction that submits or approves the work order. */
export async function startFirstRun(query: Query, workOrderId: WorkOrderId, now: Date): Promise<void> {
  const id = newId<RunId>(now);
  await insertRun(query, { id, workOrderId, number: 1, kind: 'work', firstStep: 'routing' });
  await enqueueRun(query, id);
}

function warningsOf({ title, description = '', acceptance = '' }: Submission, isDirty: boolean): string[] {
  const warnings: string[] = [];
  if (isDirty) {
    warnings.push(
      'The repository has uncommitted changes: they are left alone and are not part of the work, which starts from the last commit.',
    );
  }
  if ([title, description, acceptance].some((text) => redact(text) !== text)) {
    warnings.push(
      'The text contained a secret, which was removed before it was stored. Rotate the secret if others have seen it.',
    );
  }
  return warnings;
}

/** A command must be stored unchanged so that it can run, but a secret must not be stored. */
export function refuseSecretIn(checks: readonly Check[]): void {
  const check = checks.find(({ command }) => redact(command) !== command);
  if (!check) return;
  throw commandFailures.SECRET_IN_CHECK('submit', { kind: check.kind, command: redact(check.command) });
}

/** @throws PermanentError `LABEL_INVALID` */
export function assertLabels(labels: readonly string[]): void {
  const problem = problemOfLabels(labels);
  if (problem === undefined) return;
  throw commandFailures.LABEL_INVALID('read labels', { problem });
}

function refuseUnusable({ title, description, acceptance, limitNanoUsd, timeLimitMs }: Submission): void {
  const problem = problemOf(title, description ?? '', acceptance ?? '', limitNanoUsd, timeLimitMs);
  if (!problem) return;
  throw commandFailures.SUBMISSION_INVALID('submit', { problem: problem[0], advice: problem[1] });
}

function problemOf(
  title: string,
  description: string,
  acceptance: string,
  limitNanoUsd: bigint | undefined,
  timeLimitMs: number | undefined,
): [string, string] | undefined {
  const { titleCharsMax, descriptionCharsMax, timeLimitMsMax } = workOrderLimits;
  if (title.trim() === '')
    return ['A work order needs a title.', 'Say in one line what to do: `moose run "Fix the date parser"`.'];
  if (title.length > titleCharsMax)
    return [
      `The title has ${title.length} characters; the limit is ${titleCharsMax}.`,
      'Put the rest into --description.',
    ];
  if (description.length + acceptance.length > descriptionCharsMax) {
    return [
      `The description is longer than ${descriptionCharsMax} characters.`,
      'Split it into several work orders.',
    ];
  }
  if ([title, description, acceptance].some((text) => text.includes('\0')))
    return ['The text contains a NUL character.', 'Remove it, and check that the file is text.'];
  if (limitNanoUsd !== undefined && limitNanoUsd <= 0n)
    return ['The limit must be above $0.', 'Give dollars, as in --limit 0.50.'];
  const isWholeMs = Number.isInteger(timeLimitMs ?? 0);
  if (timeLimitMs !== undefined && !(isWholeMs && timeLimitMs > 0 && timeLimitMs <= timeLimitMsMax)) {
    return ['The time limit must be above 0 and at most 24 hours.', 'Give it as 90s, 10m or 2h.'];
  }
  return undefined;
}
