// Takes back a merge that Gitea was to do once the checks have passed.
import { unexpectedAnswer } from '../call-host.ts';
import type { GiteaApi } from './api.ts';

/** 404: none is scheduled (any more). */
export async function takeBackMerge(api: GiteaApi, number: number, signal?: AbortSignal): Promise<void> {
  const path = `/pulls/${number}/merge`;
  const reply = await api.call({ method: 'DELETE', path, answers: [404], signal });
  if (reply.status !== 404 && reply.status >= 400) throw unexpectedAnswer(reply);
}
