// Whether the learned policy chooses a project's models and agents, and what is missing before it does.
import type { Project } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { announce } from '../../shell/announcements.tsx';
import { useChangeLearning } from './use-projects.ts';
import { useWhyNotForge } from './why-not.ts';

const modes: ReadonlyArray<{ mode: Project['learning']; words: string }> = [
  { mode: 'off', words: 'Off: nothing is learned' },
  { mode: 'shadow', words: 'Shadow: log what it would choose' },
  { mode: 'on', words: 'On: choose, once there is enough data' },
];

export function LearningCard({ project, seen }: { project: Project; seen: string | undefined }) {
  const whyNot = useWhyNotForge();
  const save = useChangeLearning(project.id, () => announce('Saved.'));
  return (
    <Card title="Learning">
      {whyNot === null ? null : <p className="mb-4 text-[13px] text-quiet">{whyNot}</p>}
      <Field
        label="Choice of models and agents"
        help="Moose chooses by the outcomes of earlier work orders. A tenth of the work orders still uses the static rule."
      >
        {(attributes) => (
          <select
            {...attributes}
            value={project.learning}
            disabled={whyNot !== null || save.isPending}
            onChange={(event) =>
              save.mutate(modes.find(({ mode }) => mode === event.target.value)?.mode ?? 'shadow')
            }
            className={inputClass}
          >
            {modes.map(({ mode, words }) => (
              <option key={mode} value={mode}>
                {words}
              </option>
            ))}
          </select>
        )}
      </Field>
      {seen === undefined ? null : <p className="mt-3 text-[13px] text-quiet">Now {seen}.</p>}
      {save.error ? <Failed error={save.error} /> : null}
    </Card>
  );
}
