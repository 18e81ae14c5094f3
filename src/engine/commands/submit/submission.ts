import type { GroupPlace } from '../../../domain/group.ts';
import type { ProjectId, WorkOrderId } from '../../../domain/ids.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import type { GivenAsked } from '../../../domain/work-order/given-asked.ts';
import type { GivenRepository } from './project-of-submission.ts';

export interface Submission extends GivenRepository {
  title: string;
  description?: string | undefined;
  acceptance?: string | undefined;
  agent?: string | undefined;
  model?: string | undefined;
  /** The shell command that makes the change, instead of an agent and a model. */
  command?: string | undefined;
  checks?: readonly Check[] | undefined;
  /** The change may touch CI and hook configuration. */
  allowCiChanges?: boolean | undefined;
  /** What the task allows to change among tests and configuration. */
  asked?: GivenAsked | undefined;
  limitNanoUsd?: bigint | undefined;
  timeLimitMs?: number | undefined;
  /** The labels that a machine must have, KEY=VALUE. */
  labels?: readonly string[] | undefined;
  /** Nothing starts and nothing is reserved until a person has approved the work order. */
  needsApproval?: boolean | undefined;
  /** Several candidates are made, and the best one is kept. */
  bestOf?: number | undefined;
  /** For candidates: the first has the first of each, and so on, from the beginning again if there are fewer. */
  agents?: readonly string[] | undefined;
  models?: readonly string[] | undefined;
  /** More repositories for the same change: each follows those before it, and they are published together. */
  alsoIn?: ReadonlyArray<Pick<GivenRepository, 'project' | 'repositoryPath'>> | undefined;
}

export interface SubmitInGiven {
  id: WorkOrderId;
  now: Date;
  projectId: ProjectId;
  actor: string;
  requester: string;
  because: string;
  replaces?: WorkOrderId | undefined;
  group?: GroupPlace | undefined;
  isOfSubtask?: boolean;
  /** The work order whose agent asks for this one, and the hash of its words. */
  subtaskOf?: { parentId: WorkOrderId; requestHash: string } | undefined;
}

/** One work order of a group. */
export interface SubmissionPart {
  submission: Submission;
  given: SubmitInGiven;
}
