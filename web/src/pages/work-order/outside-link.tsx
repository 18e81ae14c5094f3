import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import { Words } from '../../parts/words.tsx';
import { apartFromMoose } from './apart-from-moose.ts';

/** Links only to http and https addresses; anything else stays text. */
export function OutsideLink({ href, children }: { href: string; children: ReactNode }) {
  if (!isOfTheWeb(href))
    return (
      <span>
        {children} <Words text={href} />
      </span>
    );
  return (
    <a
      href={apartFromMoose(href, window.location.hostname)}
      target="_blank"
      rel="noreferrer noopener"
      className="inline-flex items-center gap-1 text-accent underline underline-offset-2"
    >
      {children}
      <ExternalLink aria-label="(opens in a new tab)" size={13} />
    </a>
  );
}

function isOfTheWeb(href: string): boolean {
  const url = URL.parse(href);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
}
