// The container image for a project's sessions: named by its repository or by a person, or none.
import { useState } from 'react';
import type { Project } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { Words } from '../../parts/words.tsx';
import { announce } from '../../shell/announcements.tsx';
import { PersonForm } from './person-form.tsx';
import { useChangeImage, useValues } from './use-projects.ts';

type Choice = 'repository' | 'none' | 'own';

const choices: ReadonlyArray<{ choice: Choice; words: string }> = [
  { choice: 'repository', words: 'The image in .moose/config.yml, or none' },
  { choice: 'none', words: 'None: the programs of the machine' },
  { choice: 'own', words: 'This image' },
];

const choiceOf = ({ image }: Pick<Project, 'image'>): Choice =>
  image === null ? 'repository' : image === 'none' ? 'none' : 'own';

export function ImageCard({ project }: { project: Project }) {
  const now = useValues(project.id).data?.values.find(({ key }) => key === 'image');
  return (
    <Card title="Container image">
      {now ? (
        <p className="mb-4 [overflow-wrap:anywhere]">
          The next work order: <Words text={now.value} />
        </p>
      ) : null}
      {/* Shows the stored value after a change. */}
      <ImageForm key={project.image ?? ''} project={project} />
    </Card>
  );
}

function ImageForm({ project }: { project: Project }) {
  const [choice, setChoice] = useState(choiceOf(project));
  const [name, setName] = useState(choiceOf(project) === 'own' ? (project.image ?? '') : '');
  const save = useChangeImage(project.id, () => announce('Saved.'));
  const image = choice === 'own' ? name.trim() : choice === 'none' ? 'none' : null;
  const isChanged = image !== project.image && image !== '';
  return (
    <PersonForm action="Save image" canSave={isChanged} save={save} onSave={() => save.mutate(image)}>
      <Field label="Image of its sessions">
        {(attributes) => (
          <select
            {...attributes}
            value={choice}
            onChange={(event) =>
              setChoice(choices.find((each) => each.choice === event.target.value)?.choice ?? 'repository')
            }
            className={inputClass}
          >
            {choices.map((each) => (
              <option key={each.choice} value={each.choice}>
                {each.words}
              </option>
            ))}
          </select>
        )}
      </Field>
      {choice === 'own' ? (
        <TextField
          label="Name of the image"
          help="Such as node:24 or ghcr.io/acme/tools:2. It is fetched with the logins of the machine, so it may be private. Work orders that are already prepared keep their image."
          value={name}
          onChange={setName}
        />
      ) : null}
    </PersonForm>
  );
}
