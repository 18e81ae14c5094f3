// What one has to know of Moose itself, whatever page one is at: whether what is seen is true, and whether work is done.
import { Search, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { AccountMenu } from './account-menu.tsx';
import { LiveStatus } from './live-status.tsx';
import { useMe } from './me.ts';
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
      {me.executors === 0 ? (
        <Notice>
          No Moose carries work: what is submitted waits. Start one with <code>moose up</code> or{' '}
          <code>moose worker</code>.
        </Notice>
      ) : null}
      {me.is_scripted ? (
        <Notice>
          Only the scripted model is there: what it writes is a play, and not an answer. Set a provider's key
          to work with a real one.
        </Notice>
      ) : null}
    </header>
  );
}

function Notice({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 border-t border-line bg-warn-soft px-3 py-1.5 text-[13px] text-warn sm:px-5">
      <TriangleAlert aria-hidden size={16} className="mt-0.5 shrink-0" />
      <span>{children}</span>
    </p>
  );
}
