import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import './app.css';
import { queryClient } from './api/query-client.ts';
import { router } from './router.tsx';
import { SignedIn } from './shell/signed-in.tsx';
import { followSystemTheme } from './shell/theme.ts';

/** Few people see it, and they see it once. */
const InvitePage = lazy(async () => {
  const { InvitePage: page } = await import('./pages/invite/page.tsx');
  return { default: page };
});
const isInvited = location.pathname === '/invite';

followSystemTheme();
const root = document.getElementById('root');
if (!root) throw new TypeError('The page has no root element');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      {isInvited ? (
        <Suspense>
          <InvitePage />
        </Suspense>
      ) : (
        <SignedIn>
          <RouterProvider router={router} />
        </SignedIn>
      )}
    </QueryClientProvider>
  </StrictMode>,
);
