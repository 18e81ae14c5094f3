// Status of Moose on every page: whether the page is live and whether a worker is running.
import { Link } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { AccountMenu } from './account-menu.tsx';
import { LiveStatus } from './live-status.tsx';
import { useMe } from './me.ts';
import { Notice } from './notice.tsx';
import { OldDataNotice } from './old-data-notice.tsx';
import { chordWords } from './platform.ts';

export interface StatusStripProps {
  onPalette(): void;
  onShortcuts(): void;
}

export function StatusStrip({ onPalette, onShortcuts }: StatusStripProps) {
  const { me } = useMe();
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-surface">
      <div className="flex h-12 items-center gap-2 px-3 sm:px-5">
        <img src="/moose.svg" alt="Moose" width={24} height={24} className="md:hidden" />
        <LiveStatus />
        <button
          type="button"
          onClick={onPalette}
          className="ml-auto inline-flex h-9 items-center gap-2 rounded-md border border-line bg-ground px-2.5 text-quiet hover:text-text"
        >
          <Search aria-hidden size={16} />
          <span className="sr-only sm:not-sr-only">Search</span>
          <kbd className="hidden font-mono text-xs sm:inline">{chordWords}</kbd>
        </button>
        <AccountMenu onShortcuts={onShortcuts} />
      </div>
      <OldDataNotice />
      {me.executors === 0 ? (
        <Notice>
          No worker is running, so submitted work orders are waiting. Start one with <code>moose up</code> or{' '}
          <code>moose worker</code>.
        </Notice>
      ) : null}
      {me.is_demo ? (
        <Notice>
          This is a demo with a scripted model.{' '}
          <Link to="/demo" className="underline">
            Inject a fault
          </Link>{' '}
          and watch Moose recover.
        </Notice>
      ) : null}
      {me.is_scripted && !me.is_demo ? (
        <Notice>
          Moose is using the scripted demo model, which does no real work. Set the API key of a provider to
          use a real model.
        </Notice>
      ) : null}
    </header>
  );
}
