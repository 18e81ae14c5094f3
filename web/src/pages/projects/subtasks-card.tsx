// Whether the agents of the project may ask for work orders of their own.
import type { Project } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { announce } from '../../shell/announcements.tsx';
import { useAllowSubtasks } from './use-projects.ts';
import { useWhyNotVariables } from './why-not.ts';

const modes: ReadonlyArray<{ value: Project['subtasks']; words: string }> = [
  { value: 'off', words: 'Off' },
  { value: 'ask', words: 'Ask: a person approves each one before it starts' },
  { value: 'allow', words: 'Allow: they start by themselves' },
];

export function SubtasksCard({ project }: { project: Project }) {
  const whyNot = useWhyNotVariables();
  const save = useAllowSubtasks(project.id, () => announce('Saved.'));
  return (
    <Card title="Sub-tasks">
      {whyNot === null ? null : <p className="mb-4 text-[13px] text-quiet">{whyNot}</p>}
      <Field
        label="An agent may ask for work orders of its own"
        help="What they may cost is taken out of the limit of its work order, so work orders without a limit have none."
      >
        {(attributes) => (
          <select
            {...attributes}
            value={project.subtasks}
            disabled={whyNot !== null || save.isPending}
            onChange={(event) => {
              const chosen = modes.find(({ value }) => value === event.target.value);
              if (chosen) save.mutate(chosen.value);
            }}
            className={inputClass}
          >
            {modes.map(({ value, words }) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
      {save.error ? <Failed error={save.error} /> : null}
    </Card>
  );
}
