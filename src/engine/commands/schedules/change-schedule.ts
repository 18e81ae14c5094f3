// A person changes a schedule, in one transaction with the record of the change. The job that decides about
// due instants takes the same lock, so each instant is decided about with the old schedule or with the new
// one.
import type { ProjectId } from '../../../domain/ids.ts';
import { personOf } from '../../../domain/people/person.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import type { Query } from '../../../store/database.ts';
import { toJson } from '../../../store/storable.ts';
import { addScheduleChange } from '../../../store/work/schedules/schedule-changes.ts';
import {
  changeSchedule,
  type DueSchedule,
  isNameFree,
  type ListedSchedule,
  lockSchedule,
} from '../../../store/work/schedules/schedules.ts';
import { writeAudit } from '../../access/write-audit.ts';
import { refuseLacking, refuseUnknown } from '../submit/agent-choice.ts';
import { type FoundRepository, findRepository } from '../submit/project-of-submission.ts';
import { assertSubmission } from '../submit/submit.ts';
import { assertSchedule } from './assert-schedule.ts';
import { mayOwn, roleNeeded } from './auto-pause.ts';
import { settleDue } from './decide-due.ts';
import { readInstantsFrom } from './instants.ts';
import * as refused from './schedule-errors.ts';
import { changedFields, type ScheduleState } from './schedule-values.ts';
import type { AskedWith, NewSchedule, SchedulesAskDeps } from './schedules-deps.ts';
import { submissionFor, templateOf } from './submission-for.ts';

type Removable = 'agent' | 'model' | 'command' | 'base' | 'checks' | 'labels' | 'asked' | 'timeLimitMs';

/** What is undefined stays as it is; null removes it. */
export type ScheduleChange = {
  [Key in Exclude<keyof NewSchedule, Removable>]?: NewSchedule[Key] | undefined;
} & { [Key in Removable]?: NewSchedule[Key] | null };

interface Asked {
  found: Pick<ListedSchedule, 'id' | 'name'>;
  requester: string;
  by: AskedWith;
}

type Wanted = ScheduleState & Pick<ListedSchedule, 'projectId' | 'tokenId'> & { first: Date };

/** Returns the name that it has now, and warnings. */
export async function changeOne(
  deps: SchedulesAskDeps,
  found: ListedSchedule,
  change: ScheduleChange,
  by: AskedWith & { requester: string },
): Promise<{ name: string; warnings: string[] }> {
  const { database, known } = deps;
  const { agent, model, command } = withChange(found, change);
  const changesAgent = [change.agent, change.model, change.command].some((each) => each !== undefined);
  const isOther = changesAgent && command === undefined;
  if (isOther) await refuseUnknown(known, { agent, model });
  const lacking = isOther ? await refuseLacking(deps, { agent, model }, { project: found.project }) : [];
  const repository = await repositoryFor(deps, found, change);
  const asked = { found, requester: by.requester, by };
  const changed = await database.transaction((query) => changeIn(query, deps, asked, change, repository));
  return { ...changed, warnings: [...lacking, ...(repository?.warnings ?? []), ...changed.warnings] };
}

/** Undefined if nothing has to be looked up in a repository. */
async function repositoryFor(
  { database }: SchedulesAskDeps,
  found: ListedSchedule,
  change: ScheduleChange,
): Promise<FoundRepository | undefined> {
  const { project, repositoryPath, mayAddProject } = change;
  const isMoved = project !== undefined || repositoryPath !== undefined;
  if (!isMoved && typeof change.base !== 'string') return undefined;
  const place = isMoved ? { project, repositoryPath } : { project: found.projectId };
  const { base } = withChange(found, change);
  return findRepository(database, { ...place, base, mayAddProject });
}

async function changeIn(
  query: Query,
  deps: SchedulesAskDeps,
  { found: { id, name }, requester, by }: Asked,
  change: ScheduleChange,
  repository: FoundRepository | undefined,
): Promise<{ name: string; warnings: string[] }> {
  const before = await lockSchedule(query, id);
  if (!before) throw refused.scheduleNotFound(name);
  if (by.role !== 'admin' && before.requestedBy !== requester) throw refused.changeNotYours(before.name);
  const project = await repository?.project(query, deps.clock.now());
  const wanted = wantedOf(before, change, project);
  if (by.role !== 'admin' && roleNeeded(wanted.template) === 'admin')
    throw refused.adminPartsNotYours(before.name);
  if (wanted.name !== before.name && !(await isNameFree(query, wanted.name, id)))
    throw refused.nameTaken(wanted.name);
  const isTaken = mayOwn(before) && !mayOwn({ ...before, template: wanted.template });
  if (isTaken) Object.assign(wanted, { requestedBy: requester, tokenId: by.tokenId });
  const fields = changedFields(before, wanted);
  if (fields.length > 0) await store(query, deps, { before, wanted, fields });
  const after = (await lockSchedule(query, id)) ?? before;
  const taken = isTaken && before.requestedBy !== requester ? [takenNote(before)] : [];
  return { name: after.name, warnings: [...taken, ...pausedNote(after)] };
}

async function store(
  query: Query,
  deps: SchedulesAskDeps,
  {
    before,
    wanted,
    fields,
  }: { before: DueSchedule; wanted: Wanted; fields: ReturnType<typeof changedFields> },
): Promise<void> {
  const { id, name, now } = before;
  const { cron, timeZone, first, template } = wanted;
  const detail = { schedule: id, fields };
  await writeAudit(query, { actor: deps.actor, act: 'schedule.change', subject: name, detail });
  const isRetimed = cron !== before.cron || timeZone !== before.timeZone;
  if (isRetimed) await settleDue(query, deps, before);
  // It may have paused itself now.
  const isRunning = (await lockSchedule(query, id))?.pausedAt === null;
  await changeSchedule(query, id, {
    name: wanted.name,
    projectId: wanted.projectId,
    cron,
    timeZone,
    template: toJson(template),
    limitNanoUsd: wanted.limitNanoUsd,
    whenOpen: wanted.whenOpen,
    catchUpMs: wanted.catchUpMs,
    requestedBy: wanted.requestedBy,
    tokenId: wanted.tokenId,
    ...(isRetimed && isRunning ? { nextDueAt: first } : {}),
  });
  await addScheduleChange(query, {
    scheduleId: id,
    changedAt: now,
    changedBy: deps.actor,
    fields: toJson(fields),
  });
}

/** Refuses what `add` refuses. */
function wantedOf(
  before: DueSchedule,
  change: ScheduleChange,
  project: { id: ProjectId; name: string } | undefined,
): Wanted {
  const given = withChange(before, change);
  assertSchedule(given);
  const { name, timeZone, whenOpen, limitNanoUsd } = given;
  const cron = given.cron.trim();
  const { first } = readInstantsFrom(cron, timeZone, before.now);
  const isMoved = project !== undefined && project.id !== before.projectId;
  const wanted = {
    name,
    cron,
    timeZone,
    whenOpen,
    limitNanoUsd,
    template: templateOf(given),
    first,
    catchUpMs: BigInt(given.catchUpMs),
    requestedBy: before.requestedBy,
    tokenId: before.tokenId,
    projectId: isMoved ? project.id : before.projectId,
    project: isMoved ? project.name : before.project,
  };
  assertSubmission(submissionFor(wanted, first));
  return wanted;
}

/** The schedule as `add` would be given it. */
function withChange({ template, ...row }: ListedSchedule, change: ScheduleChange): NewSchedule {
  const kept = <Value>(wanted: Value | null | undefined, old: Value | undefined) =>
    wanted === undefined ? old : (wanted ?? undefined);
  return {
    name: change.name ?? row.name,
    cron: change.cron ?? row.cron,
    timeZone: change.timeZone ?? row.timeZone,
    whenOpen: change.whenOpen ?? row.whenOpen,
    catchUpMs: change.catchUpMs ?? Number(row.catchUpMs),
    limitNanoUsd: change.limitNanoUsd ?? row.limitNanoUsd,
    title: change.title ?? template.title,
    description: change.description ?? template.description,
    acceptance: change.acceptance ?? template.acceptance,
    agent: kept(change.agent, template.agent),
    command: kept(change.command, template.command),
    model: kept(change.model, template.model),
    base: kept(change.base, template.base),
    checks: kept(change.checks, template.checks),
    labels: kept(change.labels, template.labels),
    asked: kept(change.asked, template.asked),
    timeLimitMs: kept(change.timeLimitMs, template.time_limit_ms),
    allowCiChanges: change.allowCiChanges ?? template.allow_ci_changes,
    needsApproval: change.needsApproval ?? template.needs_approval,
  };
}

function takenNote({ requestedBy }: DueSchedule): string {
  const owner = personOf(requestedBy);
  return `Its work orders are yours now, with your limits: ${owner} may not submit such work orders.`;
}

function pausedNote({ name, pausedAt, pausedBecause }: DueSchedule): string[] {
  if (pausedAt === null) return [];
  const because = pausedBecause === null ? '.' : `: ${asSentence(pausedBecause)}`;
  return [`The schedule is still paused${because} Resume it with \`moose schedule resume ${name}\`.`];
}
