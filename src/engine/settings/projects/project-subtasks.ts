// Whether agents of a project may ask for sub-tasks (R-AGENT-4): only a person may let them ask for more. Pure.
import type * as wire from '../../../contract/contract.ts';
import { allowsMoreSubtasks, defaultSubtasks } from '../../../domain/work-order/subtask.ts';
import type { ProjectSettings } from '../../../domain/work-order/work-order.ts';
import type { ProjectChange } from './ask-projects.ts';

export const projectSubtasksOf = ({ subtasks = defaultSubtasks }: ProjectSettings) => ({ subtasks });

export function subtaskSettings({
  subtasks,
}: Pick<ProjectChange, 'subtasks'>): Pick<ProjectSettings, 'subtasks'> {
  return subtasks === undefined ? {} : { subtasks };
}

export function widenedSubtasks(
  { name, subtasks: now }: Pick<wire.Project, 'name' | 'subtasks'>,
  { subtasks }: Pick<ProjectChange, 'subtasks'>,
): string[] {
  if (subtasks === undefined || !allowsMoreSubtasks(subtasks, now)) return [];
  const how = subtasks === 'allow' ? ' without the approval of a person' : '';
  return [`letting agents of ${name} ask for sub-tasks${how}`];
}
