import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Failed } from './states.tsx';

export interface ConfirmDialogProps {
  title: string;
  verb: string;
  isBusy: boolean;
  error: unknown;
  onConfirm(): void;
  onClose(): void;
  /** Label of the confirming button. */
  children: ReactNode;
}

/** Asks for confirmation before something is removed. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, verb, isBusy, error, onConfirm, onClose, children } = props;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" isBusy={isBusy} onClick={onConfirm}>
            {verb}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 [overflow-wrap:anywhere]">
        {children}
        {error ? <Failed error={error} /> : null}
      </div>
    </Dialog>
  );
}
