// Cancels a scheduled merge that Gitea would make once the checks have passed.
import type { GiteaApi } from './api.ts';

export async function cancelAutoMerge(api: GiteaApi, number: number, signal?: AbortSignal): Promise<void> {
  // 404: no merge is scheduled, or not any more.
  await api.call({ method: 'DELETE', path: `/pulls/${number}/merge`, answers: [404], signal });
}
