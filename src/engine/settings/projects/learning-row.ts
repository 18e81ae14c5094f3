// Whether the learned policy chooses the models and agents of a project (R-LRN-4), and what is missing before it does.
import type { ProjectId } from '../../../domain/ids.ts';
import type { ProjectSettings } from '../../../domain/project-settings/project-settings.ts';
import type { Database } from '../../../store/database.ts';
import { evidenceOf } from '../../learner/evidence.ts';
import { readLearner } from '../../learner/keep-learner.ts';
import type { Sourced } from '../../policy/project-values.ts';

/** The row for the project's values. */
export async function learningRow(
  database: Database,
  id: ProjectId,
  { learning }: ProjectSettings,
): Promise<{ key: string } & Sourced<string>> {
  const source = learning === undefined ? 'default' : 'project';
  const mode = learning ?? 'shadow';
  if (mode === 'off') return { key: 'learning', value: mode, source };
  const { seen, needed, missing } = evidenceOf(await database.run((query) => readLearner(query, id)));
  const seenText = `${mode}: ${seen} of ${needed} work orders with a verified outcome seen`;
  const value =
    mode === 'on' && missing > 0 ? `${seenText}; the static rule acts until ${missing} more are` : seenText;
  return { key: 'learning', value, source };
}
