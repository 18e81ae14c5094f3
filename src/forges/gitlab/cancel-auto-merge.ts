// Cancels a scheduled merge that GitLab would make once the pipeline has passed.
import type { GitLabApi } from './api.ts';

export async function cancelAutoMerge(api: GitLabApi, number: number, signal?: AbortSignal): Promise<void> {
  const path = `/merge_requests/${number}/cancel_merge_when_pipeline_succeeds`;
  // 406: no merge is scheduled, or not any more; 405: it was merged or closed meanwhile.
  await api.call({ method: 'POST', path, answers: [404, 405, 406], signal });
}
