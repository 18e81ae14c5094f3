// The git filters of the repository that Moose runs, such as git-crypt.
import { useState } from 'react';
import type { Project } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { announce } from '../../shell/announcements.tsx';
import { PersonForm } from './person-form.tsx';
import { useChangeFilters } from './use-projects.ts';

export function FiltersCard({ project }: { project: Project }) {
  return (
    <Card title="Git filters">
      {/* Shows the stored value after a change. */}
      <FiltersForm key={project.filters?.join() ?? ''} project={project} />
    </Card>
  );
}

function FiltersForm({ project }: { project: Project }) {
  const stored = (project.filters ?? []).join(', ');
  const [names, setNames] = useState(stored);
  const save = useChangeFilters(project.id, () => announce('Saved.'));
  const filters = names.split(/[\s,]+/).filter(Boolean);
  const isChanged = filters.join(', ') !== stored;
  return (
    <PersonForm action="Save filters" canSave={isChanged} save={save} onSave={() => save.mutate(filters)}>
      <TextField
        label="Filters that Moose runs, outside of sessions"
        help="Names after `filter=` in .gitattributes, such as git-crypt. Their programs are those in the git configuration of the repository. A file with another filter is not committed."
        value={names}
        onChange={setNames}
      />
    </PersonForm>
  );
}
