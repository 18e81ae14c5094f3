import { type ReactNode, useEffect } from 'react';
import { focusOnLateHeading } from './focus-on-page.ts';

export interface PageProps {
  title: string;
  /** Title of the browser tab, if it should say more than the heading. */
  tabTitle?: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** Pages answer in this order: is anything wrong, why, and what to do. */
export function Page({ title, tabTitle, lead, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${tabTitle ?? title} · Moose`;
  }, [title, tabTitle]);
  useEffect(focusOnLateHeading, []);
  return (
    <div className="mx-auto flex w-full max-w-[1500px] flex-col gap-4 px-4 py-5 sm:px-6">
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          {/* Takes the focus on navigation, so that screen readers announce it and keyboard use continues here. */}
          <h1 tabIndex={-1} className="break-words text-xl font-semibold outline-none">
            {title}
          </h1>
          {lead ? <div className="text-quiet">{lead}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}
