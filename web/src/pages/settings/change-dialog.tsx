// Changes a setting. Shows the old and the new value, and never overwrites a newer change by someone else.

import { type FormEvent, type RefObject, useEffect, useId, useRef, useState } from 'react';
import type { Setting } from '../../../../src/contract/contract.ts';
import { ProblemError } from '../../api/call.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Failed } from '../../parts/states.tsx';
import { Words } from '../../parts/words.tsx';
import { describeValue } from './describe-value.ts';
import { Editor } from './editor.tsx';
import { type Draft, draftOf, problemsOf, readDraft, type ValueProblems } from './setting-draft.ts';
import { useChangeSetting } from './use-settings.ts';
import { WhatChanges } from './what-changes.tsx';

export interface ChangeDialogProps {
  /** The current value; updated while the dialog is open. */
  setting: Setting;
  /** The value to restore; null is the default. */
  start?: { value: unknown };
  onClose(): void;
}

interface Form {
  draft: Draft;
  /** True to reset to the default, even if a later version changes the default. */
  isDefault: boolean;
  problems: ValueProblems;
}

export function ChangeDialog({ setting, start, onClose }: ChangeDialogProps) {
  const formId = useId();
  const [seen, setSeen] = useState(setting.version);
  const [form, setForm] = useState<Form>(() => formOf(setting, start ?? { value: setting.value }));
  const change = useChangeSetting(setting.key, onClose);
  const read = readDraft(setting, form.draft);
  const value = 'value' in read ? read.value : undefined;
  const isSame = JSON.stringify(value) === JSON.stringify(setting.value);
  const isOvertaken = setting.version !== seen;
  const refused = change.error instanceof ProblemError ? problemsOf(change.error.problem) : null;
  const problems = { ...refused, ...form.problems };
  const element = useRef<HTMLFormElement>(null);
  useProblemInView(element, problems);
  const write = (written: Partial<Form>) => {
    change.reset();
    setForm({ ...form, isDefault: false, problems: {}, ...written });
  };
  const claim = (whose: 'theirs' | 'mine') => {
    setSeen(setting.version);
    if (whose === 'theirs') write(formOf(setting, { value: setting.value }));
    else change.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if ('problems' in read) setForm({ ...form, problems: read.problems });
    else if (!isSame && !isOvertaken) change.mutate({ value: form.isDefault ? null : value, version: seen });
  };
  return (
    <Dialog
      isOpen
      isWide={form.draft.shape === 'rows'}
      onClose={onClose}
      title={setting.title}
      description={setting.help}
      foot={
        <Foot
          formId={formId}
          onDefault={
            setting.source === 'changed' && !form.isDefault ? () => write(defaultForm(setting)) : null
          }
          onClose={onClose}
          isBusy={change.isPending}
          isIdle={isOvertaken || (isSame && value !== undefined)}
        />
      }
    >
      <form id={formId} ref={element} onSubmit={submit} noValidate className="flex flex-col gap-4">
        {isOvertaken ? (
          <Overtaken setting={setting} onTheirs={() => claim('theirs')} onMine={() => claim('mine')} />
        ) : null}
        <Editor {...{ setting, draft: form.draft, problems }} onChange={(draft) => write({ draft })} />
        <WhatChanges
          {...{ setting, isDefault: form.isDefault }}
          {...('value' in read ? { next: value } : {})}
        />
        {change.error && refused === null && !isOvertaken ? <Failed error={change.error} /> : null}
      </form>
    </Dialog>
  );
}

interface FootProps {
  formId: string;
  /** Null if the setting already has its default. */
  onDefault: (() => void) | null;
  onClose(): void;
  isBusy: boolean;
  /** There is nothing to save, or saving is blocked. */
  isIdle: boolean;
}

function Foot({ formId, onDefault, onClose, isBusy, isIdle }: FootProps) {
  return (
    <>
      {onDefault ? (
        <Button look="quiet" className="mr-auto" onClick={onDefault}>
          Reset to default
        </Button>
      ) : null}
      <Button onClick={onClose}>Cancel</Button>
      <Button type="submit" form={formId} look="primary" isBusy={isBusy} disabled={isIdle}>
        Save
      </Button>
    </>
  );
}

/** Moves the focus to the invalid field, or at least scrolls to the message. */
function useProblemInView(form: RefObject<HTMLFormElement | null>, problems: ValueProblems): void {
  const told = JSON.stringify(problems);
  useEffect(() => {
    if (told === '{}') return;
    const field = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    field?.focus();
    (field ?? form.current?.querySelector('[role="alert"]'))?.scrollIntoView({ block: 'center' });
  }, [form, told]);
}

const defaultForm = (setting: Setting): Form => ({
  draft: draftOf(setting, setting.default),
  isDefault: true,
  problems: {},
});

const formOf = (setting: Setting, { value }: { value: unknown }): Form =>
  value === null ? defaultForm(setting) : { draft: draftOf(setting, value), isDefault: false, problems: {} };

interface OvertakenProps {
  setting: Setting;
  onTheirs(): void;
  onMine(): void;
}

function Overtaken({ setting, onTheirs, onMine }: OvertakenProps) {
  const who = setting.changed_by === null ? 'Someone' : nameOfActor(setting.changed_by);
  return (
    <div role="alert" className="flex flex-col gap-2 rounded-md bg-warn-soft p-3 text-warn">
      <p className="font-medium">
        <Words text={who} /> changed this setting while you were editing. It is now{' '}
        <Words text={describeValue(setting, setting.value)} />.
      </p>
      <p className="flex flex-wrap gap-2">
        <Button size="small" onClick={onTheirs}>
          Use the current value
        </Button>
        <Button size="small" onClick={onMine}>
          Keep my changes
        </Button>
      </p>
    </div>
  );
}
