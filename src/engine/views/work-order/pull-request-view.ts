// A pull request with its checks and remarks, for every interface. Pure.
import type * as wire from '../../../contract/contract.ts';
import { visibleText } from '../../../domain/text/visible-text.ts';
import type { DiscussedPullRequest } from '../../../store/work/pull-requests/pull-request-lists.ts';

export function pullRequestView({ row, remarks }: DiscussedPullRequest): wire.PullRequestView {
  return {
    number: row.number,
    host: row.host,
    repository: row.repository,
    url: row.url,
    state: row.state,
    is_draft: row.isDraft,
    base_branch: row.baseBranch,
    head_sha: row.headSha,
    mergeable: row.mergeable,
    verdict: row.verdict,
    verdict_sha: row.verdictSha,
    waiting_for: row.waitingFor,
    merged_sha: row.mergedSha,
    reverted_sha: row.revertedSha,
    verdict_at: row.verdictAt?.toISOString() ?? null,
    merge_queued_at: row.mergeQueuedAt?.toISOString() ?? null,
    looked_at: row.lookedAt?.toISOString() ?? null,
    next_look_at: row.nextLookAt?.toISOString() ?? null,
    checks: row.checks.map(
      ({ name, state, conclusion, isRequired, attempt, url, summary, obstacle, log }) => ({
        name,
        state,
        conclusion,
        attempt,
        url,
        summary,
        obstacle: obstacle?.said ?? null,
        is_required: isRequired,
        log: log ? { tail: log.tail, is_cut: log.isCut, failed_step: log.failedStep } : null,
      }),
    ),
    remarks: remarks.map((remark) => ({
      key: remark.key,
      kind: remark.kind,
      author: remark.author,
      may_write: remark.mayWrite,
      // Untrusted text: invisible characters are made visible.
      body: visibleText(remark.body),
      judgement: remark.judgement,
      path: remark.path,
      line: remark.line,
      url: remark.url,
      is_resolved: remark.isResolved,
      written_at: remark.writtenAt.toISOString(),
      state: remark.state,
      because: remark.because,
      answered_sha: remark.answeredSha,
    })),
  };
}
