// How strictly the changes of a project are judged when their checks are green.
import type { Project } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { announce } from '../../shell/announcements.tsx';
import { useChangeVerify } from './use-projects.ts';
import { useWhyNotForge } from './why-not.ts';

type Level = NonNullable<Project['verify']>;

const levels: ReadonlyArray<{ level: Level | ''; words: string }> = [
  { level: '', words: 'Default (.moose/config.yml, or standard)' },
  { level: 'strict', words: 'Strict: refuse all that weakens the checks' },
  { level: 'standard', words: 'Standard' },
  { level: 'checks-only', words: 'Checks only: exit codes decide' },
];

export function VerifyCard({ project }: { project: Project }) {
  const whyNot = useWhyNotForge();
  const save = useChangeVerify(project.id, () => announce('Saved.'));
  return (
    <Card title="Verification">
      {whyNot === null ? null : <p className="mb-4 text-[13px] text-quiet">{whyNot}</p>}
      <Field
        label="When checks are green"
        help="Standard runs checks again with the tests of the base, and refuses a change that is green only because it alters what judges it."
      >
        {(attributes) => (
          <select
            {...attributes}
            value={project.verify ?? ''}
            disabled={whyNot !== null || save.isPending}
            onChange={(event) =>
              save.mutate(levels.find(({ level }) => level === event.target.value)?.level || null)
            }
            className={inputClass}
          >
            {levels.map(({ level, words }) => (
              <option key={level} value={level}>
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
