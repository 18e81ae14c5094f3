// What Moose does on a project's forge: when it merges, which issues become work orders, and which bots' reviews count.
import { useState } from 'react';
import type { Project } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { announce } from '../../shell/announcements.tsx';
import { PersonForm } from './person-form.tsx';
import { type ForgeChange, useChangeForge } from './use-projects.ts';

type Merge = NonNullable<Project['merge']>;

const merges: ReadonlyArray<{ merge: Merge | ''; words: string }> = [
  { merge: '', words: 'Default (.moose/config.yml or the settings)' },
  { merge: 'never', words: 'Never' },
  { merge: 'green', words: 'When CI is green' },
  { merge: 'approved', words: 'When CI is green and a reviewer has approved' },
];

const programsOf = (text: string) => [
  ...new Set(
    text
      .split(/[\s,]+/)
      .map((each) => each.trim())
      .filter(Boolean),
  ),
];

export function ForgeCard({ project }: { project: Project }) {
  // Shows the stored values after a change.
  const stored = JSON.stringify([project.merge, project.intake_label, project.forge_programs]);
  return (
    <Card title="Pull requests and issues">
      <ForgeForm key={stored} project={project} />
    </Card>
  );
}

function ForgeForm({ project }: { project: Project }) {
  const [merge, setMerge] = useState<Merge | ''>(project.merge ?? '');
  const [label, setLabel] = useState(project.intake_label ?? '');
  const [programs, setPrograms] = useState((project.forge_programs ?? []).join(', '));
  const save = useChangeForge(project.id, () => announce('Saved.'));
  const change: ForgeChange = {
    ...(merge === (project.merge ?? '') ? {} : { merge: merge === '' ? null : merge }),
    ...(label.trim() === (project.intake_label ?? '') ? {} : { intake_label: label.trim() || null }),
    ...(programsOf(programs).join() === (project.forge_programs ?? []).join()
      ? {}
      : { forge_programs: programsOf(programs) }),
  };
  const isChanged = Object.keys(change).length > 0;
  return (
    <PersonForm action="Save" canSave={isChanged} save={save} onSave={() => save.mutate(change)}>
      <Field label="Merge pull requests">
        {(attributes) => (
          <select
            {...attributes}
            value={merge}
            onChange={(event) =>
              setMerge(merges.find((each) => each.merge === event.target.value)?.merge ?? '')
            }
            className={inputClass}
          >
            {merges.map((each) => (
              <option key={each.merge} value={each.merge}>
                {each.words}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        label="Issue label"
        help="An issue becomes a work order if somebody with write access adds this label. Leave empty to use no issues."
        value={label}
        onChange={setLabel}
      />
      <TextField
        label="Programs"
        help="Logins of bots, such as renovate[bot], separated by commas. Their reviews count if they have write access."
        value={programs}
        onChange={setPrograms}
      />
    </PersonForm>
  );
}
