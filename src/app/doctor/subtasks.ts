// Reports that agents of a project may ask for sub-tasks, and whether they can get any (R-AGENT-4).
import { defaultSubtasks } from '../../domain/work-order/subtask.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { ListedProject } from '../../store/connection/read-once.ts';

/** Null if they may not. */
export async function subtasks({ name: project, settings }: ListedProject): Promise<Diagnosis | null> {
  const { subtasks: mode = defaultSubtasks, work_order_limit_usd: limit } = settings;
  if (mode === 'off') return null;
  const name = `sub-tasks of ${project}`;
  const how = mode === 'ask' ? 'a person approves each one' : 'without the approval of a person';
  const found = `agents may ask for them, ${how}`;
  if (limit !== undefined) return { name, state: 'ok', found, advice: null };
  return {
    name,
    state: 'warning',
    found: `${found}; a work order without a limit has none`,
    advice: `Give all its work orders one: \`moose project set ${project} --work-order-limit USD\`; or each with \`moose run --limit\`.`,
  };
}
