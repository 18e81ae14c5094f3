// Whether the page is live. Changes are announced to screen readers.
import { useEffect, useRef } from 'react';
import { useLive } from '../live/use-live.ts';
import { classNames } from '../parts/class-names.ts';
import { Ago } from '../parts/time.tsx';
import { announce } from './announcements.tsx';

const dots = { live: 'bg-good', reconnecting: 'bg-quiet animate-pulse', away: 'bg-warn' } as const;

export function LiveStatus() {
  const { kind, sinceMs } = useLive();
  const told = useRef<'live' | 'away'>('live');
  useEffect(() => {
    // Short disconnects are not announced.
    if (kind === 'reconnecting' || kind === told.current) return;
    told.current = kind;
    announce(
      kind === 'live' ? 'Live updates are back.' : 'Live updates stopped. The page may be out of date.',
    );
  }, [kind]);
  return (
    <p data-live={kind} className="inline-flex min-w-0 items-center gap-2 text-[13px]">
      <span aria-hidden className={classNames('size-2 shrink-0 rounded-full', dots[kind])} />
      {kind === 'live' ? <span className="text-good">Live</span> : null}
      {kind === 'reconnecting' ? <span className="text-quiet">Reconnecting …</span> : null}
      {kind === 'away' ? (
        <span className="truncate text-warn">
          Offline, connection lost <Ago at={new Date(sinceMs).toISOString()} />
        </span>
      ) : null}
    </p>
  );
}
