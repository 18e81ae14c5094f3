// Edits a work order of a plan, or adds a new one. Nothing is stored until the plan is stored.
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { HiddenCharacters } from '../../parts/hidden-characters.tsx';
import { legible } from '../../parts/plain-text.ts';
import { TextField } from '../../parts/text-field.tsx';
import { OrderRows } from './order-rows.tsx';
import { newOrder, type PlannedOrder, problemsOfOrder, tidied } from './plan-draft.ts';

export interface OrderDialogProps {
  /** Null for a new work order. */
  order: PlannedOrder | null;
  /** All other work orders of the plan, on which this one may depend. */
  others: readonly PlannedOrder[];
  onDone(order: PlannedOrder): void;
  onRemove(): void;
  onClose(): void;
}

export function OrderDialog({ order, others, onDone, onRemove, onClose }: OrderDialogProps) {
  const [draft, setDraft] = useState(order ?? newOrder);
  const [isTried, setTried] = useState(false);
  const change = (changed: Partial<PlannedOrder>) => setDraft({ ...draft, ...changed });
  const found = problemsOfOrder(
    draft,
    others.map(({ key }) => key),
  );
  const problems = isTried ? found : {};
  const done = () => {
    setTried(true);
    if (Object.keys(found).length === 0) onDone(tidied(draft));
  };
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title={order === null ? 'Add a work order' : `Edit ${order.key}`}
      description="The plan changes when you store it."
      foot={
        <>
          {order === null ? null : (
            <Button look="danger" className="mr-auto" onClick={onRemove}>
              Remove
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" onClick={done}>
            {order === null ? 'Add' : 'Done'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {order === null ? (
          <TextField
            label="Key"
            help="A short name, unique in the plan, such as basket-api."
            error={problems.key}
            value={draft.key}
            onChange={(key) => change({ key })}
          />
        ) : null}
        <TextField
          label="Title"
          error={problems.title}
          value={draft.title}
          onChange={(title) => change({ title })}
        />
        <Field
          label="Description"
          help="Its agent sees only this text, and nothing else of the plan."
          error={problems.description}
        >
          {(attributes) => (
            <>
              <textarea
                {...attributes}
                rows={5}
                dir="auto"
                value={draft.description}
                onChange={({ target }) => change({ description: target.value })}
                className={`${inputClass} resize-y`}
              />
              <HiddenCharacters
                text={draft.description}
                onChange={(description) => change({ description })}
              />
            </>
          )}
        </Field>
        <Criteria {...{ draft, change }} error={problems.acceptance} />
        <Dependencies {...{ draft, change, others }} />
        <Files {...{ draft, change }} />
        <Field label={`Complexity: ${draft.complexity.toFixed(1)}`} help="0 is trivial, 1 is the hardest.">
          {(attributes) => (
            <input
              {...attributes}
              type="range"
              min={0}
              max={1}
              step={0.1}
              value={draft.complexity}
              onChange={({ target }) => change({ complexity: Number(target.value) })}
              className="w-full max-w-80 accent-accent"
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}

interface PartProps {
  draft: PlannedOrder;
  change(changed: Partial<PlannedOrder>): void;
}

function Criteria({ draft, change, error }: PartProps & { error?: string | undefined }) {
  return (
    <OrderRows
      legend="Done when"
      one="criterion"
      rows={draft.acceptance}
      empty={{ text: '', proof: 'test', target: '' }}
      error={error}
      cells={[
        { field: 'text', label: 'Text', placeholder: 'A fact that must be true when it is done' },
        { field: 'proof', label: 'Proof', choices: ['test', 'command', 'file'] },
        { field: 'target', label: 'Target', placeholder: 'A path, or a command' },
      ]}
      onChange={(acceptance) => change({ acceptance })}
    />
  );
}

const fileActs = ['create', 'change', 'delete'] as const;
const fileKinds = ['source', 'test', 'config', 'docs', 'migration', 'schema', 'asset'] as const;

function Files({ draft, change }: PartProps) {
  return (
    <OrderRows
      legend="Files"
      one="file"
      rows={draft.files}
      empty={{ path: '', act: 'change', kind: 'source' }}
      cells={[
        { field: 'path', label: 'Path', placeholder: 'src/basket.ts' },
        { field: 'act', label: 'Act', choices: fileActs },
        { field: 'kind', label: 'Kind', choices: fileKinds },
      ]}
      onChange={(files) => change({ files })}
    />
  );
}

function Dependencies({ draft, change, others }: PartProps & Pick<OrderDialogProps, 'others'>) {
  const toggle = (key: string, isOn: boolean) =>
    change({
      depends_on: isOn ? [...draft.depends_on, key] : draft.depends_on.filter((each) => each !== key),
    });
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="font-medium">Starts after</legend>
      {others.length === 0 ? <p className="text-quiet">There is no other work order.</p> : null}
      <div className="grid max-h-48 gap-x-4 overflow-y-auto sm:grid-cols-2">
        {others.map(({ key, title }) => (
          <label key={key} className="flex min-h-8 min-w-0 items-center gap-2">
            <input
              type="checkbox"
              checked={draft.depends_on.includes(key)}
              onChange={({ target }) => toggle(key, target.checked)}
              className="size-4 shrink-0 accent-accent"
            />
            <span className="truncate">
              {key} <span className="text-[13px] text-quiet">{legible(title)}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
