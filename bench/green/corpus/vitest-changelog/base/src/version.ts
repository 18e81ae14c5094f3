import type { Commit } from './commit';

export function nextVersion(version: string, commits: readonly Commit[]): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (commits.some(({ breaking }) => breaking)) return [major + 1, 0, 0].join('.');
  if (commits.some(({ type }) => type === 'feat')) return [major, minor + 1, 0].join('.');
  return [major, minor, patch + 1].join('.');
}
