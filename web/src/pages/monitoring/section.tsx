import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Place, SectionId } from './place.ts';

/** Link target from the top of the page; it then takes the focus. */
export function Section({ id, children }: { id: SectionId; children: ReactNode }) {
  return (
    <div id={id} tabIndex={-1} className="min-w-0 scroll-mt-16 outline-none [&>section]:h-full">
      {children}
    </div>
  );
}

export function PlaceLink({ place, children }: { place: Place; children: ReactNode }) {
  const className =
    'inline-flex min-h-6 shrink-0 items-center font-medium text-accent underline underline-offset-2';
  if (place.to === 'limits')
    return (
      <Link to="/settings" search={{ group: 'limits' }} className={className}>
        {children}
      </Link>
    );
  if (place.to === 'escalations')
    return (
      <Link to="/escalations" className={className}>
        {children}
      </Link>
    );
  return (
    <Link
      to="/monitoring"
      search={(before) => before}
      hash={place.id}
      onClick={() => document.getElementById(place.id)?.focus({ preventScroll: true })}
      className={className}
    >
      {children}
    </Link>
  );
}
