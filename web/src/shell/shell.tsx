// The frame around every page.
import { Outlet, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { focusOnPage } from '../parts/focus-on-page.ts';
import { Announcements } from './announcements.tsx';
import { Navigation } from './navigation.tsx';
import { StatusStrip } from './status-strip.tsx';
import { useKeys } from './use-keys.ts';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));
const ShortcutsDialog = lazy(async () => ({
  default: (await import('./shortcuts-dialog.tsx')).ShortcutsDialog,
}));

export function Shell() {
  const [above, setAbove] = useState<'palette' | 'shortcuts' | null>(null);
  const open = useMemo(
    () => ({ palette: () => setAbove('palette'), shortcuts: () => setAbove('shortcuts') }),
    [],
  );
  const close = () => setAbove(null);
  useKeys(open);
  useFocusOnArrival();
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:left-3 focus:top-2"
      >
        Skip to main content
      </a>
      <Navigation />
      <div className="flex min-w-0 flex-col">
        <StatusStrip onPalette={open.palette} onShortcuts={open.shortcuts} />
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 pb-20 outline-none md:pb-6">
          <Outlet />
        </main>
      </div>
      <Announcements />
      <Suspense fallback={null}>
        {above === 'palette' ? <Palette onClose={close} onShortcuts={open.shortcuts} /> : null}
        {above === 'shortcuts' ? <ShortcutsDialog onClose={close} /> : null}
      </Suspense>
    </div>
  );
}

/** Moves the focus to the heading of a new page; the first page keeps the browser's focus. */
function useFocusOnArrival() {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, toLocation }) => {
        if (!fromLocation || fromLocation.pathname === toLocation.pathname) return;
        focusOnPage();
      }),
    [router],
  );
}
