// A dialog with a form: one button submits it once it is complete, the other one closes it.
import { type ReactNode, useId } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

interface FormDialogProps {
  title: string;
  description: string;
  /** The label of the button that submits. */
  verb: string;
  isComplete: boolean;
  isBusy: boolean;
  isWide?: boolean;
  onSubmit(): void;
  onClose(): void;
  children: ReactNode;
}

export function FormDialog({
  title,
  description,
  verb,
  isComplete,
  isBusy,
  isWide = false,
  onSubmit,
  onClose,
  children,
}: FormDialogProps) {
  const formId = useId();
  return (
    <Dialog
      isOpen
      isWide={isWide}
      onClose={onClose}
      title={title}
      description={description}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" isBusy={isBusy} disabled={!isComplete}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault();
          if (isComplete) onSubmit();
        }}
        noValidate
        className="flex flex-col gap-4"
      >
        {children}
      </form>
    </Dialog>
  );
}
