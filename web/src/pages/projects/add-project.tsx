// Adds a project by its URL or path. Errors of the address are shown at the field.
import { useState } from 'react';
import type { AddedProject, Project } from '../../../../src/contract/contract.ts';
import { ProblemError } from '../../api/call.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Failed } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { useAddProject } from './use-projects.ts';

interface AddProjectProps {
  onClose(): void;
  onAdded(project: Project): void;
}

const fieldOf: Readonly<Record<string, 'repository' | 'name' | 'base'>> = {
  BASE_BRANCH_UNKNOWN: 'base',
  BRANCH_NAME_INVALID: 'base',
  PROJECT_NAME_INVALID: 'name',
  PROJECT_NAME_TAKEN: 'name',
  REMOTE_INVALID: 'repository',
  REMOTE_URL_HAS_SECRET: 'repository',
  REMOTE_URL_INVALID: 'repository',
  REPOSITORY_NOT_FOUND: 'repository',
  REPOSITORY_PATH_RELATIVE: 'repository',
};

export function AddProject({ onClose, onAdded }: AddProjectProps) {
  const [repository, setRepository] = useState('');
  const [name, setName] = useState('');
  const [base, setBase] = useState('');
  const add = useAddProject((added) => {
    if (added.warnings.length === 0) onAdded(added.project);
  });
  if (add.data?.warnings.length) return <Warnings added={add.data} onAdded={onAdded} />;
  const problem = add.error instanceof ProblemError ? add.error.problem : null;
  const field = problem ? fieldOf[problem.code] : undefined;
  const problemAt = (each: typeof field) =>
    problem && field === each ? `${problem.detail} ${problem.advice}` : undefined;
  const submit = () => {
    add.mutate({
      repository: repository.trim(),
      ...(name.trim() === '' ? {} : { name: name.trim() }),
      ...(base.trim() === '' ? {} : { base: base.trim() }),
    });
  };
  return (
    <FormDialog
      onClose={onClose}
      title="Add project"
      description="Each machine of Moose keeps a mirror of a remote. No checkout of yours is touched."
      verb="Add project"
      isComplete={repository.trim() !== ''}
      isBusy={add.isPending}
      onSubmit={submit}
    >
      <TextField
        label="Repository"
        help="https://HOST/OWNER/REPO, git@HOST:OWNER/REPO, or a path on the machine that runs Moose. Without a password or token."
        value={repository}
        onChange={setRepository}
        error={problemAt('repository')}
      />
      <TextField
        label="Name"
        help="Leave empty for the name of the repository."
        value={name}
        onChange={setName}
        error={problemAt('name')}
      />
      <TextField
        label="Base branch"
        help="The branch that changes start from. Leave empty for the default branch."
        value={base}
        onChange={setBase}
        error={problemAt('base')}
      />
      {add.error && field === undefined ? <Failed error={add.error} /> : null}
    </FormDialog>
  );
}

function Warnings({ added, onAdded }: { added: AddedProject; onAdded(project: Project): void }) {
  const { project, warnings } = added;
  return (
    <Dialog
      isOpen
      onClose={() => onAdded(project)}
      title={`${project.name} is added`}
      foot={
        <Button look="primary" onClick={() => onAdded(project)}>
          Show project
        </Button>
      }
    >
      <ul className="flex flex-col gap-2 rounded-md bg-warn-soft p-3 text-warn [overflow-wrap:anywhere]">
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </Dialog>
  );
}
