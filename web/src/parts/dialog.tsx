// A modal dialog: traps the focus and returns it on close.
import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { classNames } from './class-names.ts';
import { focusOnPage } from './focus-on-page.ts';

export interface DialogProps {
  isOpen: boolean;
  onClose(): void;
  title: string;
  description?: ReactNode;
  children: ReactNode;
  /** The buttons at the bottom. */
  foot?: ReactNode;
  isWide?: boolean;
}

export function Dialog({ isOpen, onClose, title, description, children, foot, isWide = false }: DialogProps) {
  const focus = useFocusReturn();
  return (
    <Primitive.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Primitive.Portal>
        <Backdrop />
        <Primitive.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          {...focus}
          className={classNames(
            'fixed inset-x-0 bottom-0 z-50 flex max-h-[92dvh] flex-col rounded-t-xl border border-line bg-surface shadow-xl',
            'sm:inset-auto sm:left-1/2 sm:top-1/2 sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-xl',
            isWide ? 'sm:w-[min(56rem,94vw)]' : 'sm:w-[min(34rem,94vw)]',
          )}
        >
          <div className="border-b border-line py-3.5 pl-5 pr-14">
            <Primitive.Title className="break-words text-base font-semibold">{title}</Primitive.Title>
            {description ? (
              <Primitive.Description asChild>
                <div className="text-quiet">{description}</div>
              </Primitive.Description>
            ) : null}
          </div>
          <div className="overflow-y-auto overscroll-contain px-5 py-4">{children}</div>
          {foot ? (
            <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{foot}</div>
          ) : null}
          {/* Last, so that the content gets the focus first. */}
          <Primitive.Close
            aria-label="Close"
            className="absolute right-3 top-2.5 grid size-9 place-items-center rounded-md text-quiet hover:bg-raised hover:text-text"
          >
            <X aria-hidden size={18} />
          </Primitive.Close>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** Replaces the primitive's scroll lock, whose style element the content security policy forbids. */
export function Backdrop() {
  return <div aria-hidden className="backdrop fixed inset-0 z-40 bg-black/50" />;
}

/** The primitive returns the focus only to a trigger, and dialogs opened by a key or a URL have none. */
export function useFocusReturn() {
  const cameFrom = useRef<{ element: Element | null; path: string } | null>(null);
  return {
    onOpenAutoFocus: () => {
      cameFrom.current = { element: document.activeElement, path: location.pathname };
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      const isFree = document.activeElement === null || document.activeElement === document.body;
      if (!isFree) return;
      const { element = null, path } = cameFrom.current ?? {};
      const isThere = element instanceof HTMLElement && element.isConnected && path === location.pathname;
      if (isThere) element.focus();
      else focusOnPage();
    },
  };
}
