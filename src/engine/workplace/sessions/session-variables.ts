// The variables that a person sets for a project's sessions: setup and checks get them by default, an agent only those
// that are meant for it (R-PROJ-5).
import type { Audience } from '../../../domain/machine/project-variable.ts';
import type { Work } from '../../run/work.ts';

/** @throws ConfigurationError if this machine cannot read one of them: nothing runs with an empty value */
export async function variablesFor(
  { secrets, project, signal }: Work,
  audiences: readonly Audience[],
): Promise<Record<string, string>> {
  const all = await secrets.of(project.id, signal);
  const given = all.filter((each) => each.audiences.some((audience) => audiences.includes(audience)));
  return Object.fromEntries(given.map(({ name, value }) => [name, value]));
}

/** Changes whenever a variable is set, replaced or removed, and reveals no value. Empty if there are no variables. */
export async function variablesMark({
  secrets,
  project,
  signal,
}: Pick<Work, 'secrets' | 'project' | 'signal'>): Promise<string[]> {
  const all = await secrets.of(project.id, signal);
  return all.map(({ name, audiences, changedAt }) => [name, ...audiences, changedAt.toISOString()].join(' '));
}

/** The repository's own variables for its checks, except those that a person has set. */
export function withoutGiven(
  ofRepository: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(ofRepository).filter(([name]) => !(name in given)));
}
