// Step 6: pushes the branch and opens the pull request; both adopt what already exists and are read back (R-PIPE-7).

import type { TransientError } from '../../domain/failure.ts';
import { localHost } from '../../domain/forge.ts';
import { fitBody, foreignText } from '../../domain/forge-text.ts';
import { personOf } from '../../domain/person.ts';
import { visibleLine } from '../../domain/visible-text.ts';
import { ensureBareRemote, remoteBranchSha, remoteBranchShas } from '../../git/remote.ts';
import { hasCommit } from '../../git/revision.ts';
import type { Query } from '../../store/database.ts';
import { storableText } from '../../store/storable.ts';
import { type Effect, effectsOf, markEffect } from '../../store/work/effects.ts';
import { issueOf } from '../../store/work/forge-issues.ts';
import { keepRemotePath } from '../../store/work/projects.ts';
import { endPullRequest, recordPullRequest } from '../../store/work/pull-requests.ts';
import { type PlannedEffect, performInTurn } from '../effects/perform-effect.ts';
import type { Forge, PullRequest } from '../ports/forge.ts';
import { type AsksForge, askForge } from '../recovery/ask-forge.ts';
import { pushKey } from '../run/effect-keys.ts';
import { type RemotePlace, remotePlace } from '../run/remote-place.ts';
import {
  type ApplyingResult,
  type CreatingPrResult,
  type GeneratingResult,
  type RoutingResult,
  requireResult,
  type VerifyingResult,
} from '../run/step-results.ts';
import { fenced, type StepEnd, type Work } from '../run/work.ts';
import { baseNow, type OwnPullRequest, ownPullRequest, refuseEnded } from './base-now.ts';
import { pipelineFailures } from './failure-catalogue.ts';
import { jointSection, letNextPublish } from './joint-context.ts';
import { pullRequestBody } from './pull-request-body.ts';
import { mustSign, pushOrSign, signerOf } from './push-or-sign.ts';
import { reportIfSlow } from './report-slow.ts';
import { restoreCommits } from './restore-commits.ts';
import { unreadMessages } from './unread-messages.ts';
import { keptTexts, writtenTexts } from './written-texts.ts';

export async function creatingPr(work: Work): Promise<StepEnd> {
  const [message] = await unreadMessages(work);
  if (message) return { end: 'again', because: `${personOf(message.by)} sent a message` };
  const start = await requireResult<RoutingResult>(work, 'routing');
  const generated = await requireResult<GeneratingResult>(work, 'generating');
  const applied = await requireResult<ApplyingResult>(work, 'applying');
  const verified = await requireResult<VerifyingResult>(work, 'verifying');
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
  refuseEnded(work, own);
  const routed = { ...start, baseBranch: await baseNow(work, forge, start, own) };
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
  const told = await readBack(work, forge, routed, draft.headSha);
  return published(work, { forge, routed, told: { ...told, number }, remote, before: own });
}

interface Published {
  forge: Forge;
  routed: RoutingResult;
  told: PullRequest;
  remote: RemotePlace;
  before?: OwnPullRequest;
}

function published(work: Work, { forge, routed, told, remote, before }: Published): StepEnd {
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

/** Names the issue that asked for the work, if it is on the same forge: merging the pull request closes the issue. */
async function closingOf({ database, order, signal }: Work, forge: Forge): Promise<string> {
  const issue = await database.run((query) => issueOf(query, order.id), signal);
  const isHere = issue?.host === forge.host && issue.repository === forge.repository;
  return isHere ? `\nCloses #${issue.number}\n` : '';
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

interface Pushing {
  routed: RoutingResult;
  applied: ApplyingResult;
  remote: RemotePlace;
  effects: readonly Effect[];
  sign: ReturnType<typeof signerOf>;
}

function pushOf(
  work: Work,
  { routed, applied, remote, effects, sign }: Pushing,
): PlannedEffect & { pushedSha(): string } {
  const { repositoryPath } = work.project;
  const { branch, baseBranch, baseSha } = routed;
  const { signal } = work;
  const key = pushKey(work.order.id);
  const before = effects.find((effect) => effect.key === key);
  // The commit that this work order pushed last: any other commit on the branch is someone else's, and stays.
  const lastPushedSha = before?.state === 'done' ? (before.detail as { sha?: string }).sha : undefined;
  const detail = {
    remote: remote.shownUrl,
    branch,
    ...(lastPushedSha ? { sha: lastPushedSha } : {}),
    ...(mustSign(before) ? { mustSign: true } : {}),
  };
  const willSign = () => {
    const kept = before?.state === 'done' ? before : { state: 'intended' as const, detail: {} };
    const known = { ...kept.detail, ...detail, mustSign: true };
    return fenced(work, (query) => markEffect(query, key, kept.state, known));
  };
  let pushedSha = applied.headSha;
  return {
    pushedSha: () => pushedSha,
    kind: 'push',
    key,
    detail,
    act: async () => {
      if (remote.isMooses) {
        const base = { defaultBranchFrom: repositoryPath, branch: baseBranch, sha: baseSha };
        await ensureBareRemote(remote.url, { ...base, signal });
      }
      if (!(await hasCommit(repositoryPath, applied.headSha, { signal }))) await restoreCommits(work, branch);
      const where = { repositoryPath, remoteUrl: remote.url, branch, isMooses: remote.isMooses, signal };
      // A person who asks for this step again wants the branch back that was deleted on the remote.
      const isGone = work.run.firstStep === 'creating_pr' && (await remoteBranchSha(where)) === null;
      const expectedRemoteSha = isGone ? null : (lastPushedSha ?? null);
      const push = { ...where, sha: applied.headSha, expectedRemoteSha };
      const pushed = await reportIfSlow(work, `the push to ${remote.shownUrl}`, () =>
        pushOrSign({ push, baseSha, before, willSign, sign }),
      );
      pushedSha = pushed.sha;
      return pushed;
    },
  };
}

async function assertPushed(
  work: Work,
  { branch, baseBranch }: RoutingResult,
  headSha: string,
  remote: RemotePlace,
): Promise<void> {
  const { repositoryPath } = work.project;
  const { url: remoteUrl, isMooses, shownUrl } = remote;
  const where = { repositoryPath, remoteUrl, isMooses, signal: work.signal };
  const found = await remoteBranchShas(where, [branch, baseBranch]);
  const there = found.get(branch) ?? null;
  if (!found.has(baseBranch)) throw baseMissing(baseBranch, branch, shownUrl);
  if (there === headSha) return;
  throw pipelineFailures.PUSH_NOT_AS_WRITTEN(
    { operation: 'read back', metadata: { expected: headSha, found: there } },
    { branch },
  );
}

/** Someone may be renaming the branch: publishing is retried, and then a person is asked. */
function baseMissing(baseBranch: string, branch: string, shownUrl: string): TransientError {
  return pipelineFailures.BASE_BRANCH_MISSING(
    { operation: 'read back', metadata: { baseBranch, branch, remote: shownUrl } },
    { baseBranch, shownUrl, branch },
  );
}
