// Tables of forges: hosts, pull requests, remarks and issues.
import type { ColumnType } from 'kysely';
import type { Check, ForgeCredential, SecretSource } from '../../domain/forge.ts';
import type { ProjectId, WorkOrderId } from '../../domain/ids.ts';
import type { At, Json, Optional, OptionalJson, WithDefault } from './column-types.ts';

export interface ForgeTables {
  forgeHosts: {
    host: string;
    kind: 'github' | 'gitea' | 'gitlab';
    apiUrl: string;
    credential: Json<ForgeCredential>;
    webhookSecret: OptionalJson<SecretSource>;
    pausedUntil: Optional<Date>;
    pausedBecause: Optional<string>;
    pauses: WithDefault<number>;
    nextWriteAt: Optional<Date>;
    limitTotal: Optional<number>;
    limitRemaining: Optional<number>;
    limitResetAt: Optional<Date>;
    createdBy: string;
    createdAt: At;
    updatedAt: At;
  };
  pullRequests: {
    projectId: ProjectId;
    number: number;
    workOrderId: WorkOrderId;
    title: string;
    body: string;
    headBranch: string;
    headSha: string;
    baseBranch: string;
    baseSha: string;
    state: WithDefault<'open' | 'merged' | 'closed'>;
    mergedSha: Optional<string>;
    createdAt: At;
    updatedAt: At;
    /** `local` for the local forge. */
    host: WithDefault<string>;
    /** `owner/name`; empty for the local forge. */
    repository: WithDefault<string>;
    url: Optional<string>;
    isDraft: WithDefault<boolean>;
    mergeable: Optional<boolean>;
    verdict: Optional<'green' | 'red' | 'running' | 'none'>;
    verdictSha: Optional<string>;
    verdictAt: Optional<Date>;
    checks: ColumnType<Check[], string | undefined, string>;
    waitingFor: Optional<string>;
    mergeQueuedAt: Optional<Date>;
    /** Set before the forge is asked; null again once the merge is withdrawn. */
    mergeAskedAt: Optional<Date>;
    lookedAt: Optional<Date>;
    nextLookAt: Optional<Date>;
    looksUnchanged: WithDefault<number>;
    remarksReadTo: Optional<Date>;
    revertedSha: Optional<string>;
    pushedAt: Optional<Date>;
    /** Read by `src/engine/sentinel/followed.ts`. */
    followed: ColumnType<unknown, string | undefined, string>;
  };
  pullRequestRemarks: {
    projectId: ProjectId;
    host: string;
    repository: string;
    number: number;
    key: string;
    kind: 'comment' | 'review' | 'line';
    author: string;
    mayWrite: Optional<boolean>;
    body: string;
    judgement: Optional<'approved' | 'changes_requested' | 'commented' | 'dismissed'>;
    sha: Optional<string>;
    path: Optional<string>;
    line: Optional<number>;
    threadId: Optional<string>;
    isResolved: WithDefault<boolean>;
    url: Optional<string>;
    writtenAt: Date;
    editedAt: Date;
    state: WithDefault<'new' | 'ignored' | 'command' | 'sent' | 'answered'>;
    because: Optional<string>;
    answeredSha: Optional<string>;
    /** The ID of the message that the remark became. */
    requestId: Optional<string>;
    /** The published commit at the time when the remark was sent. */
    sentSha: Optional<string>;
    /** The work order that the remark began, because the pull request's own one had ended. */
    followUpId: Optional<WorkOrderId>;
    seenAt: At;
    actedAt: Optional<Date>;
  };
  forgeIssues: {
    projectId: ProjectId;
    host: string;
    repository: string;
    number: number;
    url: string;
    title: string;
    author: string;
    labelledBy: Optional<string>;
    labelledAt: Optional<Date>;
    state: WithDefault<'waiting' | 'refused' | 'taken'>;
    because: Optional<string>;
    workOrderId: Optional<WorkOrderId>;
    told: Optional<string>;
    toldAt: Optional<Date>;
    nextLookAt: Optional<Date>;
    seenAt: At;
  };
  /** Projects that turn issues into work orders. */
  forgeIntakes: {
    projectId: ProjectId;
    host: string;
    repository: string;
    nextLookAt: At;
    label: Optional<string>;
    lookedAt: Optional<Date>;
    problem: Optional<string>;
  };
}
