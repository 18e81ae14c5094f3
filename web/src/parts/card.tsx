import { type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';

export interface CardProps {
  title?: ReactNode;
  /** Beside the title, e.g. a link or a button. */
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  isFlush?: boolean;
}

export function Card({ title, aside, children, className, isFlush = false }: CardProps) {
  const titleId = useId();
  return (
    <section
      aria-labelledby={title ? titleId : undefined}
      className={classNames('rounded-lg border border-line bg-surface', className)}
    >
      {title ? (
        <header className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2.5">
          <h2 id={titleId} className="font-semibold">
            {title}
          </h2>
          {aside}
        </header>
      ) : null}
      <div className={isFlush ? '' : 'p-4'}>{children}</div>
    </section>
  );
}
