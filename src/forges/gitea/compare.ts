// Compares two commits or branches of a repository on Gitea.
import { z } from 'zod';
import type { GiteaApi } from './api.ts';

const comparedSchema = z.looseObject({ total_commits: z.number() });

/** @returns how many commits `to` has that `from` lacks */
export async function commitsBetween(
  api: GiteaApi,
  { from, to }: { from: string; to: string },
  signal: AbortSignal | undefined,
): Promise<number> {
  const range = `${encodeURIComponent(from)}...${encodeURIComponent(to)}`;
  return (await api.get(`/compare/${range}`, comparedSchema, signal)).total_commits;
}
