// Step 5: push the branch and open the pull request; both adopt what is there already, and both are read back (R-PIPE-7).
import { TransientError } from '../../domain/failure.ts';
import { ensureBareRemote, pushBranch, remoteBranchSha } from '../../git/remote.ts';
import { effectsOf } from '../../store/effects.ts';
import { keepRemotePath } from '../../store/projects.ts';
import { performEffect } from '../effects/perform-effect.ts';
import { pullRequestBody } from './pull-request-body.ts';
import { type RemotePlace, remotePlace } from './remote-place.ts';
import {
  type ApplyingResult,
  type CreatingPrResult,
  type GeneratingResult,
  type RoutingResult,
  requireResult,
  type VerifyingResult,
} from './step-results.ts';
import { fenced, type StepEnd, type Work } from './work.ts';

export function pushKey(workOrderId: string): string {
  return `push:${workOrderId}`;
}

export async function creatingPr(work: Work): Promise<StepEnd> {
  const routed = await requireResult<RoutingResult>(work, 'routing');
  const generated = await requireResult<GeneratingResult>(work, 'generating');
  const applied = await requireResult<ApplyingResult>(work, 'applying');
  const verified = await requireResult<VerifyingResult>(work, 'verifying');
  const remote = await remotePlace(work.project, work.settings.dataDirectory, work.signal);
  if (remote.isMooses) {
    remote.url = await fenced(work, (query) => keepRemotePath(query, work.project.id, remote.url));
    remote.shownUrl = remote.url;
  }
  await push(work, routed, applied, remote);

  const { order, project } = work;
  const draft = {
    projectId: project.id,
    workOrderId: order.id,
    title: order.title,
    body: pullRequestBody({ order, routed, generated, applied, verified }),
    headBranch: routed.branch,
    headSha: applied.headSha,
    baseBranch: routed.baseBranch,
    baseSha: routed.baseSha,
  };
  const key = `pull_request:${order.id}`;
  const { number } = await performEffect(
    work,
    { kind: 'pull_request', key, detail: { projectId: project.id } },
    async () => {
      const opened = await work.forge.openPullRequest(draft);
      return { number: opened.number };
    },
  );
  const found = await work.forge.findPullRequest(project.id, routed.branch);
  if (!found || found.headSha !== applied.headSha) {
    throw new TransientError({
      code: 'PULL_REQUEST_NOT_AS_WRITTEN',
      component: 'forge',
      operation: 'read back',
      message: `The pull request of ${routed.branch} does not show the commit that was pushed.`,
      advice: 'Retry it: `moose retry ID --from creating_pr`.',
      metadata: { expected: applied.headSha, found: found?.headSha ?? null },
    });
  }
  const result: CreatingPrResult = {
    number,
    url: found.url,
    headSha: applied.headSha,
    remote: remote.shownUrl,
  };
  return {
    end: 'done',
    result,
    learned: { pullRequestUrl: found.url },
    facts: [`pull_request:${number}:${applied.headSha}`],
  };
}

async function push(
  work: Work,
  routed: RoutingResult,
  applied: ApplyingResult,
  remote: RemotePlace,
): Promise<void> {
  const { repositoryPath } = work.project;
  const { branch } = routed;
  const key = pushKey(work.order.id);
  const before = (await work.database.run((query) => effectsOf(query, work.order.id), work.signal)).find(
    (effect) => effect.key === key,
  );
  // What this work order pushed last: anything else on the branch was put there by somebody else, and stays.
  const lastPushedSha = before?.state === 'done' ? (before.detail as { sha?: string }).sha : undefined;
  const detail = { remote: remote.shownUrl, branch, ...(lastPushedSha ? { sha: lastPushedSha } : {}) };
  const remoteUrl = remote.url;
  await performEffect(work, { kind: 'push', key, detail }, async () => {
    if (remote.isMooses) {
      const { baseBranch, baseSha } = routed;
      await ensureBareRemote(remote.url, {
        defaultBranchFrom: repositoryPath,
        branch: baseBranch,
        sha: baseSha,
        signal: work.signal,
      });
    }
    await pushBranch({
      repositoryPath,
      remoteUrl,
      branch,
      sha: applied.headSha,
      expectedRemoteSha: lastPushedSha ?? null,
      signal: work.signal,
    });
    return { sha: applied.headSha };
  });
  const there = await remoteBranchSha({ repositoryPath, remoteUrl, branch, signal: work.signal });
  if (there === applied.headSha) return;
  throw new TransientError({
    code: 'PUSH_NOT_AS_WRITTEN',
    component: 'forge',
    operation: 'read back',
    message: `The branch ${branch} on the remote is not the commit that was pushed.`,
    advice: 'Look at the branch on the remote; then `moose retry ID --from creating_pr`.',
    metadata: { expected: applied.headSha, found: there },
  });
}
