// Shows the app only to signed-in users. After signing in again they return to the same page.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import type { Me } from '../../../src/contract/contract.ts';
import { ask } from '../api/ask.ts';
import { ProblemError, whenSignedOut } from '../api/call.ts';
import { Failed } from '../parts/states.tsx';
import { renewHere, turnOffHere } from './browser-push.ts';
import { MeContext } from './me.ts';
import { OtherPerson } from './other-person.tsx';
import { signInByLink } from './sign-in.ts';
import { SignInPage } from './sign-in-page.tsx';
import { takeToken } from './take-token.ts';

/** How often the page checks whether a worker is running. */
const askEveryMs = 15_000;
/** A token in the URL is used once, however often React mounts. */
const givenToken = takeToken();
let givenSignIn: Promise<Me> | undefined;
let hasEntered = false;

function readMe(signal: AbortSignal): Promise<Me> {
  if (givenToken === null || hasEntered) return ask('get /api/me', { signal });
  givenSignIn ??= signInByLink(givenToken);
  return givenSignIn;
}

/** The next visit tries again. */
const ignored = () => undefined;

const isRefused = (error: unknown) => error instanceof ProblemError && error.problem.status === 401;
const isOther = (error: unknown) =>
  error instanceof ProblemError && error.problem.code === 'SIGNED_IN_AS_ANOTHER';

export function SignedIn({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [isOut, setOut] = useState(false);
  const asked = useQuery({
    queryKey: ['me'],
    queryFn: async ({ signal }) => {
      const me = await readMe(signal);
      hasEntered = true;
      return me;
    },
    refetchInterval: askEveryMs,
    enabled: !isOut,
  });
  useEffect(() => whenSignedOut(() => setOut(true)), []);
  // A sign-in link opened in this tab changes only what follows the `#`, and loads nothing.
  useEffect(() => {
    const again = () => {
      if (/^#token=./.test(location.hash)) location.reload();
    };
    addEventListener('hashchange', again);
    return () => removeEventListener('hashchange', again);
  }, []);
  // Never show one user's data to the next.
  const forget = useCallback(
    () => queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' }),
    [queries],
  );
  const enter = useCallback(
    (me: Me) => {
      hasEntered = true;
      forget();
      queries.setQueryData(['me'], me);
      setOut(false);
    },
    [queries, forget],
  );
  const signOut = useCallback(() => {
    const leave = () => {
      forget();
      setOut(true);
    };
    // Offline, the user is signed out here at least; the session expires on the server.
    ask('delete /api/session').then(leave, leave);
    // The server has removed this browser with the session.
    turnOffHere().catch(ignored);
  }, [forget]);
  const me = asked.data;
  const name = me?.is_person ? me.name : null;
  useEffect(() => {
    if (name !== null && !isOut) renewHere().catch(ignored);
  }, [name, isOut]);
  const signedInAs = useMemo(() => (me ? { me, signOut } : null), [me, signOut]);
  const stay = useCallback(() => {
    hasEntered = true;
    void asked.refetch();
  }, [asked.refetch]);
  if (givenToken !== null && isOther(asked.error))
    return <OtherPerson error={asked.error} token={givenToken} onStay={stay} onSignedIn={enter} />;
  if (isOut || isRefused(asked.error)) {
    return <SignInPage error={givenToken === null || hasEntered ? null : asked.error} onSignedIn={enter} />;
  }
  if (signedInAs) return <MeContext value={signedInAs}>{children}</MeContext>;
  const trouble = asked.error ?? asked.failureReason;
  if (trouble) return <NotReached error={trouble} onRetry={() => void asked.refetch()} />;
  return (
    <p role="status" className="p-8 text-center text-quiet">
      Moose …
    </p>
  );
}

function NotReached({ error, onRetry }: { error: unknown; onRetry(): void }) {
  return (
    <main className="mx-auto max-w-xl p-6 pt-16">
      <h1 className="pb-3 text-xl font-semibold">Moose</h1>
      <Failed error={error} onRetry={onRetry} />
    </main>
  );
}
