import { useId } from 'react';
import { Field, inputClass } from '../../parts/field.tsx';
import { useProjects } from '../work-orders/filter-panel.tsx';
import { bytesOf, kilobytes } from './read-spec-file.ts';
import type { SpecDraft, SpecProblems } from './upload-card.tsx';

export interface SpecFieldsProps {
  draft: SpecDraft;
  change(changed: Partial<SpecDraft>): void;
  problems: SpecProblems;
}

const nameCharsMax = 200;

export function SpecFields({ draft, change, problems }: SpecFieldsProps) {
  return (
    <>
      <Field
        label="Text"
        help={
          draft.content === ''
            ? 'For a better estimate, use a heading per section and a list item per piece of work.'
            : `${kilobytes(bytesOf(draft.content))} of 512 kB used.`
        }
        error={problems.content}
      >
        {(attributes) => (
          <textarea
            {...attributes}
            rows={10}
            dir="auto"
            value={draft.content}
            placeholder={'# Title\n\n## Section\n- Piece of work\n- Another piece of work'}
            onChange={(event) => change({ content: event.target.value })}
            className={`${inputClass} resize-y font-mono text-[13px]`}
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name" help="Used to find the spec later." error={problems.name}>
          {(attributes) => (
            <input
              {...attributes}
              dir="auto"
              autoComplete="off"
              maxLength={nameCharsMax}
              value={draft.name}
              onChange={(event) => change({ name: event.target.value })}
              className={inputClass}
            />
          )}
        </Field>
        <ProjectField {...{ draft, change, problems }} />
      </div>
    </>
  );
}

function ProjectField({ draft, change, problems }: SpecFieldsProps) {
  const listId = useId();
  const { data: projects } = useProjects();
  return (
    <Field label="Project (optional)" help="The project that the spec is for." error={problems.project}>
      {(attributes) => (
        <>
          <input
            {...attributes}
            dir="auto"
            list={listId}
            autoComplete="off"
            maxLength={nameCharsMax}
            value={draft.project}
            onChange={(event) => change({ project: event.target.value })}
            className={inputClass}
          />
          <datalist id={listId}>
            {projects?.items.map(({ id, name }) => (
              <option key={id} value={name} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
