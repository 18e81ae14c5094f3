// Takes back a merge that Gitea was to do once the checks have passed.
import type { GiteaApi } from './api.ts';

export async function takeBackMerge(api: GiteaApi, number: number, signal?: AbortSignal): Promise<void> {
  // 404: none is scheduled (any more).
  await api.call({ method: 'DELETE', path: `/pulls/${number}/merge`, answers: [404], signal });
}
