// A form that only a person may save: other users see the stored values and the reason.
import type { ReactNode } from 'react';
import { Button } from '../../parts/button.tsx';
import { Failed } from '../../parts/states.tsx';
import { useWhyNotForge } from './why-not.ts';

interface PersonFormProps {
  /** The button's label. */
  action: string;
  /** False if nothing has changed, or if a value is invalid. */
  canSave: boolean;
  save: { error: Error | null; isPending: boolean };
  onSave(): void;
  children: ReactNode;
}

export function PersonForm({ action, canSave, save, onSave, children }: PersonFormProps) {
  const whyNot = useWhyNotForge();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (canSave && whyNot === null) onSave();
      }}
      noValidate
      className="flex flex-col gap-4"
    >
      {whyNot === null ? null : <p className="text-[13px] text-quiet">{whyNot}</p>}
      <fieldset disabled={whyNot !== null} className="flex min-w-0 flex-col gap-4">
        {children}
      </fieldset>
      {save.error ? <Failed error={save.error} /> : null}
      {whyNot === null ? (
        <Button
          type="submit"
          look="primary"
          isBusy={save.isPending}
          disabled={!canSave}
          className="self-start"
        >
          {action}
        </Button>
      ) : null}
    </form>
  );
}
