// Whether the agents of a project use a person's login (a subscription) or a key.
import type { Project } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { announce } from '../../shell/announcements.tsx';
import { useChangeLogin } from './use-projects.ts';
import { useWhyNotForge } from './why-not.ts';

type AgentChoice = NonNullable<Project['login']>;

const wishes: ReadonlyArray<{ wish: AgentChoice | ''; words: string }> = [
  { wish: '', words: 'Use the settings' },
  { wish: 'use', words: 'Your login, for Claude Code and Codex' },
  { wish: 'never', words: 'Always a key' },
];

export function LoginCard({ project }: { project: Project }) {
  const whyNot = useWhyNotForge();
  const save = useChangeLogin(project.id, () => announce('Saved.'));
  return (
    <Card title="Access to models">
      {whyNot === null ? null : <p className="mb-4 text-[13px] text-quiet">{whyNot}</p>}
      <Field
        label="Its agents use"
        help="A login works on machines where you signed in with `moose agents login`. Check the provider's terms first."
      >
        {(attributes) => (
          <select
            {...attributes}
            value={project.login ?? ''}
            disabled={whyNot !== null || save.isPending}
            onChange={(event) =>
              save.mutate(wishes.find(({ wish }) => wish === event.target.value)?.wish || null)
            }
            className={inputClass}
          >
            {wishes.map(({ wish, words }) => (
              <option key={wish} value={wish}>
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
