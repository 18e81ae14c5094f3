// What a person gives a project for its sessions: setup and checks get it by default, an agent only what is named for it
// (R-PROJ-5).
import type { Audience } from '../../domain/project-variable.ts';
import type { Work } from '../run/work.ts';

/** @throws ConfigurationError if this machine cannot read one of them: nothing runs with an empty value */
export async function givenVariables(
  { secrets, project, signal }: Work,
  audiences: readonly Audience[],
): Promise<Record<string, string>> {
  const all = await secrets.of(project.id, signal);
  const given = all.filter((each) => each.audiences.some((audience) => audiences.includes(audience)));
  return Object.fromEntries(given.map(({ name, value }) => [name, value]));
}

/** Differs as soon as one of them was set, replaced or removed; says nothing about values. Empty if there are none. */
export async function variablesMark({
  secrets,
  project,
  signal,
}: Pick<Work, 'secrets' | 'project' | 'signal'>): Promise<string[]> {
  const all = await secrets.of(project.id, signal);
  return all.map(({ name, audiences, changedAt }) => [name, ...audiences, changedAt.toISOString()].join(' '));
}

/** What the repository sets for its checks, where a person says nothing else. */
export function withoutGiven(
  ofRepository: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(ofRepository).filter(([name]) => !(name in given)));
}
