import { Dialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface DialogProps {
  isOpen: boolean;
  onClose(): void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** The buttons at its foot. */
  foot?: ReactNode;
  isWide?: boolean;
}

export function Dialog({ isOpen, onClose, title, description, children, foot, isWide = false }: DialogProps) {
  return (
    <Primitive.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Primitive.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={classNames(
            'fixed inset-x-0 bottom-0 z-50 flex max-h-[92dvh] flex-col rounded-t-xl border border-line bg-surface',
            'sm:inset-auto sm:left-1/2 sm:top-1/2 sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-xl',
            isWide ? 'sm:w-[min(56rem,94vw)]' : 'sm:w-[min(34rem,94vw)]',
          )}
        >
          <div className="border-b border-line px-5 py-3.5">
            <Primitive.Title className="text-base font-semibold">{title}</Primitive.Title>
            {description ? (
              <Primitive.Description asChild>
                <div className="text-quiet">{description}</div>
              </Primitive.Description>
            ) : null}
          </div>
          <div className="overflow-y-auto px-5 py-4">{children}</div>
          {foot ? (
            <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{foot}</div>
          ) : null}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
