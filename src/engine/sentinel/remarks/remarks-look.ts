// Reads what people say about a pull request: everything is stored, and requests of people with write access are
// carried out once (R-SEN-5). Everything else is untrusted text: shown, and never acted on.
import type { MooseError } from '../../../domain/failure.ts';
import { localHost, sentinelActor } from '../../../domain/forge/forge.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../../store/database.ts';
import { storableText } from '../../../store/storable.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import type { PullRequestRow } from '../../../store/work/pull-requests/pull-requests.ts';
import {
  keepReadTo,
  keepRemark,
  moveRemark,
  type RemarkRow,
  remarksOf,
} from '../../../store/work/pull-requests/remarks.ts';
import { markProgress, recordEvent, requireWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { Remark } from '../../ports/forge.ts';
import { answerCommands, executeCommand } from '../commands/commands-execute.ts';
import { answerRemarks } from './remarks-answer.ts';
import { askForge, type CompareBranches, type RemarksContext, type RemarksDeps } from './remarks-deps.ts';
import { judgeRemark, whyNotFrom } from './remarks-judge.ts';
import { sendRemarks } from './remarks-send.ts';

/** Maximum number of remarks that are stored together. */
const remarksMax = 500;
const bodyCharsMax = 20_000;
const pathCharsMax = 1_000;
/** A forge may show a remark some time after it was written, and its clock may differ from ours. */
const overlapMs = 10 * 60_000;

/**
 * Returns why the forge did not take answers, if it did not.
 * @throws MooseError if the forge cannot be asked: the next look continues where this one ended
 */
export async function lookAtRemarks(
  deps: RemarksDeps,
  row: PullRequestRow,
  signal: AbortSignal,
  compare?: CompareBranches,
): Promise<MooseError[]> {
  if (row.host === localHost) return [];
  const { database } = deps;
  const forge = await deps.forges.of(row.projectId, signal);
  // The project's remote was changed: the new forge does not know this pull request.
  if (forge.host !== row.host || forge.repository !== row.repository) return [];
  const [order, project] = await database.run(
    async (query) =>
      [await requireWorkOrder(query, row.workOrderId), await projectById(query, row.projectId)] as const,
    signal,
  );
  const context: RemarksContext = {
    ...deps,
    compare,
    forge,
    row,
    order,
    settings: project.settings,
    signal,
    unanswered: [],
  };
  await readNew(context);
  await answerCommands(context);
  const work: RemarkRow[] = [];
  const fresh = await database.run((query) => remarksOf(query, row, ['new']), signal);
  const mayWrite = rightsOf(context);
  for (const remark of fresh) {
    const judged = judgeRemark(remark);
    if (judged.as === 'nothing') {
      await ignore(context, remark, judged.because, null);
      continue;
    }
    const mays = await mayWrite(remark.author);
    const because = whyNotFrom(remark, { mayWrite: mays, programs: project.settings.forge_programs ?? [] });
    if (because !== null) await ignore(context, remark, because, mays);
    else if (judged.as === 'command') await executeCommand(context, remark, judged.command);
    else work.push(remark);
  }
  if (work.length > 0) await sendRemarks(context, work);
  await answerRemarks(context);
  return context.unanswered;
}

async function readNew(context: RemarksContext): Promise<void> {
  const { database, forge, row, order, signal } = context;
  const open = await database.run((query) => openThreads(query, row), signal);
  // Resolving a thread changes no remark's time.
  const readTo = open.size > 0 ? null : row.remarksReadTo;
  const since = readTo && new Date(readTo.getTime() - overlapMs);
  const told = await askForge(context, 'read remarks', () => forge.readRemarks(row.number, since, signal));
  // Stores all of them: otherwise many remarks of the same minutes would hide later ones, such as a command to stop.
  for (let from = 0; from < told.length; from += remarksMax) {
    const read = told.slice(from, from + remarksMax);
    const last = read.at(-1);
    await database.transaction(async (query) => {
      for (const remark of read.filter(({ isOwn }) => !isOwn)) {
        await keepRemark(query, row, toldOf(remark));
        if (remark.isResolved && open.has(remark.key)) await recordResolved(query, order.id, remark);
        const because = 'Moose wrote it, with another account';
        if (remark.isMarked)
          await moveRemark(query, { ...row, key: remark.key }, 'new', { state: 'ignored', because });
      }
      if (last) await keepReadTo(query, row, new Date(last.updatedAt));
    }, signal);
  }
}

/** The keys of the remarks that were given to an agent and whose threads are not resolved. */
async function openThreads(query: Query, row: PullRequestRow): Promise<Set<string>> {
  const given = await remarksOf(query, row, ['sent', 'answered']);
  return new Set(
    given.filter(({ threadId, isResolved }) => threadId !== null && !isResolved).map(({ key }) => key),
  );
}

/** A thread counts as progress once, whoever resolves it and however often (R-PIPE-12). */
async function recordResolved(
  query: Query,
  workOrderId: WorkOrderId,
  { threadId, path, line, url }: Remark,
): Promise<void> {
  const isNew = await recordEvent(query, {
    workOrderId,
    kind: 'thread.resolved',
    actor: sentinelActor,
    detail: { path, line, url },
    factKey: `thread.resolved:${threadId}`,
  });
  if (isNew) await markProgress(query, workOrderId);
}

function toldOf(remark: Remark): Parameters<typeof keepRemark>[2] {
  const { key, kind, judgement, sha, line, threadId, isResolved, url } = remark;
  return {
    key,
    kind,
    judgement,
    sha,
    line,
    threadId,
    isResolved,
    url,
    author: storableText(remark.author),
    body: storableText(remark.body.slice(0, bodyCharsMax)),
    path: remark.path === null ? null : storableText(remark.path.slice(0, pathCharsMax)),
    writtenAt: new Date(remark.createdAt),
    editedAt: new Date(remark.updatedAt),
  };
}

/** Asks about each author once per look. */
function rightsOf(context: RemarksContext): (author: string) => Promise<boolean> {
  const { forge, signal } = context;
  const known = new Map<string, boolean>();
  return async (author) => {
    const mays =
      known.get(author) ?? (await askForge(context, 'ask for rights', () => forge.mayWrite(author, signal)));
    known.set(author, mays);
    return mays;
  };
}

async function ignore(
  { database, signal }: RemarksContext,
  remark: RemarkRow,
  because: string,
  mayWrite: boolean | null,
): Promise<void> {
  await database.run(
    (query) => moveRemark(query, remark, 'new', { state: 'ignored', because, mayWrite }),
    signal,
  );
}
