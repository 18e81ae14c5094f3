// Takes back a merge that GitLab was to do once the pipeline has passed.
import type { GitLabApi } from './api.ts';

export async function takeBackMerge(api: GitLabApi, number: number, signal?: AbortSignal): Promise<void> {
  const path = `/merge_requests/${number}/cancel_merge_when_pipeline_succeeds`;
  // 406: none is scheduled (any more); 405: it has ended meanwhile.
  await api.call({ method: 'POST', path, answers: [404, 405, 406], signal });
}
