// A card with some settings of a project, as the server describes them: each switch with its buttons, the others in a form.
import { type ReactNode, useState } from 'react';
import type { Project, ProjectChange, ProjectSetting } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Field, type FieldProps, inputClass } from '../../parts/field.tsx';
import { HiddenCharacters } from '../../parts/hidden-characters.tsx';
import { Failed } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { announce } from '../../shell/announcements.tsx';
import { capitalized, givenOf, textOf } from './setting-texts.ts';
import { useChangeProject } from './use-projects.ts';
import { useWhyNotChange, useWhyNotForge } from './why-not.ts';

interface SettingsCardProps {
  title: string;
  project: Project;
  settings: readonly ProjectSetting[];
  /** Between the words of a switch and its button. */
  children?: ReactNode;
}

export function SettingsCard({ title, project, settings, children }: SettingsCardProps) {
  const ofPeople = useWhyNotForge();
  const ofAdmins = useWhyNotChange();
  const whyNot = settings.some((each) => each.for_people) ? ofPeople : ofAdmins;
  const switches = settings.filter(({ kind }) => kind === 'switch');
  const others = settings.filter(({ kind }) => kind !== 'switch');
  const stored = Object.fromEntries(others.map(({ key, kind }) => [key, textOf(kind, shown(project, key))]));
  return (
    <Card title={title}>
      {whyNot === null ? null : <p className="mb-4 text-[13px] text-quiet">{whyNot}</p>}
      <div className="flex flex-col gap-4">
        {switches.map((each) => (
          <Switch key={each.key} project={project} setting={each} isDisabled={whyNot !== null}>
            {children}
          </Switch>
        ))}
        {others.length === 0 ? null : (
          // Shows the stored values after a change.
          <SettingsForm
            key={JSON.stringify(stored)}
            title={title}
            projectId={project.id}
            settings={others}
            stored={stored}
            isDisabled={whyNot !== null}
          />
        )}
      </div>
    </Card>
  );
}

const one = (key: string, value: unknown) => ({ [key]: value }) as ProjectChange;
const shown = (project: Project, key: string): unknown => new Map(Object.entries(project)).get(key);

interface SwitchProps {
  project: Project;
  setting: ProjectSetting;
  isDisabled: boolean;
  children: ReactNode;
}

function Switch({ project, setting: { key, choices, buttons, help }, isDisabled, children }: SwitchProps) {
  const isOn = shown(project, key) === true;
  const [isAsking, setAsking] = useState(false);
  const change = useChangeProject(project.id, () => setAsking(false));
  const words = choices.find(({ value }) => value === (isOn ? 'on' : 'off'))?.words ?? '';
  return (
    <div>
      <p>{capitalized(words)}.</p>
      {children}
      {isDisabled || buttons === null ? null : (
        <Button className="mt-3" onClick={() => (isOn ? change.mutate(one(key, false)) : setAsking(true))}>
          {isOn ? buttons.off : buttons.on}
        </Button>
      )}
      {isAsking && buttons !== null ? (
        <ConfirmDialog
          title={`${buttons.on}: ${project.name}?`}
          verb={buttons.on}
          isBusy={change.isPending}
          error={change.error}
          onConfirm={() => change.mutate(one(key, true))}
          onClose={() => setAsking(false)}
        >
          <p>{help}</p>
        </ConfirmDialog>
      ) : null}
    </div>
  );
}

interface SettingsFormProps {
  title: string;
  projectId: string;
  settings: readonly ProjectSetting[];
  stored: Readonly<Record<string, string>>;
  isDisabled: boolean;
}

/** A form with only choices is saved at once. */
function SettingsForm({ title, projectId, settings, stored, isDisabled }: SettingsFormProps) {
  const [draft, setDraft] = useState(stored);
  const save = useChangeProject(projectId, () => announce('Saved.'));
  const isSavedAtOnce = settings.every(({ kind }) => kind === 'choice');
  const changed = settings.filter(({ key }) => draft[key]?.trim() !== stored[key]);
  const values = changed.map(({ key, kind }) => [key, givenOf(kind, draft[key] ?? '')] as const);
  const canSave = changed.length > 0 && values.every(([, value]) => value !== undefined);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (canSave && !isDisabled) save.mutate(Object.fromEntries(values) as ProjectChange);
      }}
      noValidate
      className="flex flex-col gap-4"
    >
      <fieldset disabled={isDisabled || save.isPending} className="flex min-w-0 flex-col gap-4">
        {settings.map((setting) => (
          <Input
            key={setting.key}
            setting={setting}
            value={draft[setting.key] ?? ''}
            onChange={(text) => {
              setDraft({ ...draft, [setting.key]: text });
              if (isSavedAtOnce) save.mutate(one(setting.key, givenOf(setting.kind, text)));
            }}
          />
        ))}
      </fieldset>
      {save.error ? <Failed error={save.error} /> : null}
      {isDisabled || isSavedAtOnce ? null : (
        <Button
          type="submit"
          look="primary"
          isBusy={save.isPending}
          disabled={!canSave}
          className="self-start"
          aria-label={`Save: ${title}`}
        >
          Save
        </Button>
      )}
    </form>
  );
}

interface InputProps {
  setting: ProjectSetting;
  value: string;
  onChange(text: string): void;
}

function Input({ setting: { kind, label, help, choices, unset }, value, onChange }: InputProps) {
  const isWrong = givenOf(kind, value) === undefined;
  const field = {
    label: label ?? '',
    help,
    error: isWrong ? `This is no ${kind === 'usd' ? 'amount of dollars' : 'JSON object'}.` : undefined,
  };
  if (kind === 'choice')
    return (
      <Field {...field}>
        {(attributes) => (
          <select
            {...attributes}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className={inputClass}
          >
            {unset === null ? null : <option value="">{capitalized(unset)}</option>}
            {choices.map((each) => (
              <option key={each.value} value={each.value}>
                {capitalized(each.words)}
              </option>
            ))}
          </select>
        )}
      </Field>
    );
  if (kind === 'commands' || kind === 'services')
    return <Lines {...field} value={value} onChange={onChange} />;
  return <TextField {...field} value={value} onChange={onChange} />;
}

type LinesProps = Omit<FieldProps, 'children'> & Pick<InputProps, 'value' | 'onChange'>;

function Lines({ value, onChange, ...field }: LinesProps) {
  return (
    <Field {...field}>
      {(attributes) => (
        <>
          <textarea
            {...attributes}
            rows={3}
            value={value}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange(event.target.value)}
            className={`${inputClass} font-mono`}
          />
          <HiddenCharacters text={value} onChange={onChange} />
        </>
      )}
    </Field>
  );
}
