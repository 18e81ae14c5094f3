import type { ReactNode } from 'react';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failed } from '../../parts/states.tsx';

export interface ConfirmDialogProps {
  title: string;
  verb: string;
  isBusy: boolean;
  error: unknown;
  onConfirm(): void;
  onClose(): void;
  /** What it does. */
  children: ReactNode;
}

/** What takes something away says what before it does. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, verb, isBusy, error, onConfirm, onClose, children } = props;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      foot={
        <>
          <Button onClick={onClose}>Leave it as it is</Button>
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
