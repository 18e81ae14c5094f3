import { isMooseError } from '../../../domain/failure.ts';
import { localHost } from '../../../domain/forge/forge.ts';
import { fitBody, foreignText } from '../../../domain/forge/forge-text.ts';
import { personOf } from '../../../domain/people/person.ts';
import { visibleLine } from '../../../domain/text/visible-text.ts';
import type { CreatingPrResult, RoutingResult } from '../../../domain/work-order/step-result.ts';
import type { Query } from '../../../store/database.ts';
import { storableText } from '../../../store/storable.ts';
import { parentOf } from '../../../store/work/plans/stacks.ts';
import { keepRemotePath } from '../../../store/work/projects/projects.ts';
import {
  changePullRequest,
  endPullRequest,
  type PullRequestRow,
  pullRequestOf,
  recordPullRequest,
} from '../../../store/work/pull-requests/pull-requests.ts';
import { type Effect, effectsOf } from '../../../store/work/sessions/effects.ts';
import type { Forge, PullRequest } from '../../ports/forge.ts';
import { type AsksForge, askForge } from '../../recovery/ask-forge.ts';
import { isOtherBranch } from '../../run/effects/own-pull-request.ts';
import { performInTurn } from '../../run/effects/perform-effect.ts';
import { retarget } from '../../run/effects/retarget.ts';
import { unreadMessages } from '../../run/messages/unread-messages.ts';
import { type RemotePlace, remotePlace } from '../../run/remote-place.ts';
import { requireResult } from '../../run/step-results.ts';
import { fenced, type StepEnd, type Work } from '../../run/work.ts';
import { isClosedWithBase } from '../../workplace/worktree/base-missing.ts';
import { pipelineFailures } from '../failure-catalogue.ts';
import { jointSection, letNextPublish } from '../groups/joint-context.ts';
import { closingOf } from './closing-of.ts';
import { lookBeforePublishing, type Publishing } from './look-before-publishing.ts';
import { keptTexts, pullRequestBody, writtenTexts } from './pull-request-texts.ts';
import { assertPushed, pushOf, signerOf } from './push-change.ts';

export async function creatingPr(work: Work): Promise<StepEnd<'creating_pr'>> {
  const [message] = await unreadMessages(work);
  if (message) return { end: 'again', because: `${personOf(message.by)} sent a message` };
  const start = await requireResult(work, 'routing');
  const generated = await requireResult(work, 'generating');
  const applied = await requireResult(work, 'applying');
  const verified = await requireResult(work, 'verifying');
  const remote = await remotePlace(work.project, work.settings.dataDirectory, work.signal);
  if (remote.isMooses && work.project.settings.remote_path !== remote.url) {
    remote.url = await fenced(work, (query) => keepRemotePath(query, work.project.id, remote.url));
    remote.shownUrl = remote.url;
  }
  const { order, project } = work;
  const forge = await work.forges.of(project.id, work.signal);
  const effects = await work.database.run((query) => effectsOf(query, order.id), work.signal);
  const own = await ownPullRequest(work, forge, start, effects);
  // Everything is published already: Moose died before it recorded that. Whoever follows it records the merge.
  if (own.told?.state === 'merged' && own.told.headSha === applied.headSha) {
    const told: PullRequest = forge.hasChecks ? { ...own.told, state: 'open', mergedSha: null } : own.told;
    return published(work, { forge, routed: { ...start, baseBranch: told.baseBranch }, told, remote });
  }
  if (!(await isClosedWithBase(work, remote, own.told))) refuseEnded(work, own);
  const planned = { ...start, baseBranch: await baseNow(work, forge, start, own) };
  const publishing = { routed: planned, applied, effects, remote, startedOn: start.baseBranch };
  const ground = await lookBeforePublishing(work, publishing);
  if ('end' in ground) return ground;
  const routed = { ...planned, ...ground };
  await retargetOpen(work, forge, own, routed.baseBranch);
  const joint = await jointSection(work);
  const body = pullRequestBody({ order, routed, generated, applied, verified, joint });
  const closing = await closingOf(work, forge);
  const key = `pull_request:${order.id}`;
  const effect = effects.find((each) => each.key === key);
  const kept = keptTexts(own.told, effect);
  const draft = {
    workOrderId: order.id,
    title: kept.title ?? foreignText(visibleLine(order.title)).slice(0, forge.limits.titleChars),
    body: kept.body ?? fitBody(body, forge.limits.bodyChars - closing.length) + closing,
    headBranch: routed.branch,
    headSha: applied.headSha,
    baseBranch: routed.baseBranch,
    baseSha: routed.baseSha,
  };
  // A pull request that was opened stays on the undo plan whatever happens now.
  const { isMerged: _, ...opened } = effect?.detail ?? {};
  let number = 0;
  const ask = <T>(operation: string, call: () => Promise<T>) =>
    askForge(asking(work, forge), operation, call);
  const sign = signerOf(forge, ask, work.signal);
  const push = pushOf(work, { routed, applied, remote, effects, sign });
  try {
    await performInTurn(work, [
      push,
      {
        kind: 'pull_request',
        key,
        detail: { ...opened, projectId: project.id },
        act: async () => {
          draft.headSha = push.pushedSha();
          await assertPushed(work, routed, draft.headSha, remote);
          const found = await ask('open', () => forge.openPullRequest(draft, work.signal));
          ({ number } = found);
          return { number, ...writtenTexts(found, kept, effect) };
        },
      },
    ]);
  } catch (cause) {
    return movedMeanwhile(work, { ...publishing, routed }, cause);
  }
  const told = await readBack(work, forge, routed, draft.headSha);
  return published(work, { forge, routed, told: { ...told, number }, remote, before: own });
}

/** Somebody was faster than this push: another cycle builds on theirs. @throws the cause, if nothing has moved */
async function movedMeanwhile(
  work: Work,
  publishing: Publishing,
  cause: unknown,
): Promise<StepEnd<'creating_pr'>> {
  if (!isMooseError(cause) || cause.code !== 'REMOTE_REJECTED') throw cause;
  const now = await lookBeforePublishing(work, publishing);
  if (!('end' in now)) throw cause;
  return now;
}

interface Published {
  forge: Forge;
  routed: RoutingResult;
  told: PullRequest;
  remote: RemotePlace;
  before?: OwnPullRequest;
}

function published(work: Work, { forge, routed, told, remote, before }: Published): StepEnd<'creating_pr'> {
  const { number, url, headSha } = told;
  const result: CreatingPrResult = { number, url, headSha, remote: remote.shownUrl };
  return {
    end: 'done',
    result,
    learned: { pullRequestUrl: url, baseBranch: routed.baseBranch },
    also: async (query) => {
      if (before) await recordEndOf(query, before);
      await record(query, work, forge, { ...told, baseSha: routed.baseSha });
      await letNextPublish(query, work.order);
    },
    facts: [`pull_request:${number}:${headSha}`],
  };
}

/** The work order that this one follows may have ended a moment ago, and its end may not be recorded yet. */
async function recordEndOf(query: Query, { row, told }: OwnPullRequest): Promise<void> {
  if (!row || !told || told.state === 'open') return;
  await endPullRequest(query, row, row.number, { state: told.state, mergedSha: told.mergedSha });
}

function asking({ order, run, signal, recovery }: Work, forge: Forge): AsksForge {
  const context = { workOrderId: order.id, runId: run.id, step: 'creating_pr' } as const;
  return { recovery, forge, signal, context };
}

/** For the local forge, these records are the pull requests. */
async function record(
  query: Query,
  { order, project }: Work,
  { host, repository }: Forge,
  { body, title, mergeState: _, ...told }: PullRequest & { baseSha: string },
): Promise<void> {
  if (host === localHost) return;
  const at = { projectId: project.id, host, repository };
  await recordPullRequest(query, {
    ...at,
    ...told,
    workOrderId: order.id,
    body: storableText(body),
    title: storableText(title),
  });
}

async function readBack(
  work: Work,
  forge: Forge,
  { branch: headBranch, baseBranch }: RoutingResult,
  headSha: string,
): Promise<PullRequest> {
  const { signal } = work;
  const find = () => forge.findPullRequest({ headBranch, baseBranch }, signal);
  const found = await askForge(asking(work, forge), 'find', find);
  if (found?.headSha === headSha) return found;
  throw pipelineFailures.PULL_REQUEST_NOT_AS_WRITTEN(
    { operation: 'read back', metadata: { expected: headSha, found: found?.headSha ?? null } },
    { headBranch },
  );
}

/** The work order's pull request on this forge: as recorded, and as the forge reports it now. */
interface OwnPullRequest {
  row: PullRequestRow | undefined;
  told: PullRequest | null;
}

async function ownPullRequest(
  work: Work,
  forge: Forge,
  { branch }: RoutingResult,
  effects: readonly Effect[],
): Promise<OwnPullRequest> {
  const { order, database, signal } = work;
  const newest = await database.run((query) => pullRequestOf(query, order.id), signal);
  const row = newest?.host === forge.host && newest.repository === forge.repository ? newest : undefined;
  // Moose may have died between opening it and recording it.
  const number = newest === undefined ? openedBy(effects) : row?.number;
  if (number === undefined) return { row, told: null };
  const found = await askForge(asking(work, forge), 'find', () => forge.findPullRequest({ number }, signal));
  return { row, told: found && !isOtherBranch(found, branch) ? found : null };
}

function openedBy(effects: readonly Effect[]): number | undefined {
  const opened = effects.find(({ kind, state }) => kind === 'pull_request' && state !== 'undone');
  return typeof opened?.detail.number === 'number' ? opened.detail.number : undefined;
}

/**
 * A person who merges or closes a pull request while its run works expects no second one, and what the run has added is
 * not theirs to lose: so a person decides.
 * @throws PULL_REQUEST_ENDED unless this run was started by somebody who knew
 */
function refuseEnded({ run, order }: Work, { row, told }: OwnPullRequest): void {
  if (told === null || told.state === 'open') return;
  const wasKnown = row !== undefined && row.state !== 'open' && row.updatedAt < run.createdAt;
  if (wasKnown || run.firstStep === 'creating_pr') return;
  throw pipelineFailures.PULL_REQUEST_ENDED(
    {
      operation: 'publish',
      workOrderId: order.id,
      metadata: { number: told.number, url: told.url, state: told.state },
    },
    { number: told.number, state: told.state },
  );
}

/** The base branch was renamed or deleted, and a forge that leaves the pull request open is told the new one. */
async function retargetOpen(
  work: Work,
  forge: Forge,
  { row, told }: OwnPullRequest,
  into: string,
): Promise<void> {
  if (told?.state !== 'open' || told.baseBranch === into) return;
  await askForge(asking(work, forge), 'retarget', () =>
    forge.updatePullRequest(told.number, { baseBranch: into }, work.signal),
  );
  if (row) await fenced(work, (query) => changePullRequest(query, row, row.number, { baseBranch: into }));
}

/**
 * A person may have merged, closed or retargeted the pull request on the forge, or the parent change may have been
 * merged since the start; then this change goes where that one went (R-SPEC-5). An open pull request keeps its base on
 * the forge, so that no second pull request is opened.
 */
async function baseNow(
  work: Work,
  forge: Forge,
  routed: RoutingResult,
  { row, told }: OwnPullRequest,
): Promise<string> {
  const { order, database, signal, actor } = work;
  const parent = await database.run((query) => parentOf(query, order), signal);
  if (parent === undefined) {
    const own = order.baseBranch ?? routed.baseBranch;
    // If the forge shows what Moose last knew, a person has given the work order another base branch.
    return told?.state === 'open' && told.baseBranch !== row?.baseBranch ? told.baseBranch : own;
  }
  if (row && told?.state === 'open')
    return retarget({ ...asking(work, forge), database, order, row, told, parent, actor });
  const into = parent.state === 'merged' ? parent.baseBranch : parent.branch;
  return into ?? order.baseBranch ?? routed.baseBranch;
}
