import { type ReactNode, useId } from 'react';

export const inputClass =
  'w-full rounded-md border border-line bg-surface px-3 py-1.5 text-text placeholder:text-quiet min-h-9';

export interface FieldProps {
  label: string;
  help?: ReactNode;
  error?: string | undefined;
  /** Receives the attributes of the input: its id and the ids of its descriptions. */
  children(attributes: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }): ReactNode;
}

export function Field({ label, help, error, children }: FieldProps) {
  const id = useId();
  const helpId = `${id}-help`;
  const isDescribed = Boolean(help) || error !== undefined;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({
        id,
        ...(isDescribed ? { 'aria-describedby': helpId } : {}),
        ...(error === undefined ? {} : { 'aria-invalid': true as const }),
      })}
      {isDescribed ? (
        <div id={helpId} className={error === undefined ? 'text-[13px] text-quiet' : 'text-[13px] text-bad'}>
          {error ?? help}
        </div>
      ) : null}
    </div>
  );
}
