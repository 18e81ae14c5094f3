// Who gets the questions about a project.
import { useState } from 'react';
import type { Project } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { announce } from '../../shell/announcements.tsx';
import { useChangeOwner } from './use-projects.ts';
import { useWhyNotChange } from './why-not.ts';

export function OwnerCard({ project }: { project: Project }) {
  return <OwnerForm key={project.owner} project={project} />;
}

function OwnerForm({ project }: { project: Project }) {
  const whyNot = useWhyNotChange();
  const [owner, setOwner] = useState(project.owner ?? '');
  const save = useChangeOwner(project.id, () => announce('Saved.'));
  const name = owner.trim();
  const isChanged = name !== (project.owner ?? '');
  return (
    <Card title="Owner">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (isChanged) save.mutate(name || null);
        }}
      >
        <Field
          label="Gets the questions about this project"
          help="The name with which this person signs in. Whoever submitted a work order gets its question first."
        >
          {(attributes) => (
            <input
              {...attributes}
              value={owner}
              disabled={whyNot !== null}
              autoComplete="off"
              spellCheck={false}
              maxLength={200}
              onChange={(event) => setOwner(event.target.value)}
              className={inputClass}
            />
          )}
        </Field>
        {save.error ? <Failed error={save.error} /> : null}
        {whyNot === null ? (
          <Button type="submit" isBusy={save.isPending} disabled={!isChanged} className="self-start">
            Save owner
          </Button>
        ) : null}
      </form>
    </Card>
  );
}
