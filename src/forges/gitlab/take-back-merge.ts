// Takes back a merge that GitLab was to do once the pipeline has passed.
import { unexpectedAnswer } from '../call-host.ts';
import type { GitLabApi } from './api.ts';

/** Its answers where nothing is scheduled, or it has ended meanwhile. */
const nothingToTakeBack = [404, 405, 406];

export async function takeBackMerge(api: GitLabApi, number: number, signal?: AbortSignal): Promise<void> {
  const path = `/merge_requests/${number}/cancel_merge_when_pipeline_succeeds`;
  const reply = await api.call({ method: 'POST', path, answers: nothingToTakeBack, signal });
  if (!nothingToTakeBack.includes(reply.status) && reply.status >= 400) throw unexpectedAnswer(reply);
}
