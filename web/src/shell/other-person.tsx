// Asks whoever follows a link that signs in another person: they may not know whose link it is.
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Me } from '../../../src/contract/contract.ts';
import { Button } from '../parts/button.tsx';
import { Failed } from '../parts/states.tsx';
import { signIn } from './sign-in.ts';

export interface OtherPersonProps {
  /** Names both. */
  error: Error | null;
  token: string;
  onStay(): void;
  onSignedIn(me: Me): void;
}

export function OtherPerson({ error, token, onStay, onSignedIn }: OtherPersonProps) {
  const change = useMutation({ mutationFn: () => signIn(token), onSuccess: onSignedIn });
  useEffect(() => {
    document.title = 'Sign in as another person? · Moose';
  }, []);
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 p-6">
      <h1 className="text-xl font-semibold">Sign in as another person?</h1>
      <div className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-5">
        <p className="wrap-anywhere">{error?.message}</p>
        <p className="text-quiet">
          Stay signed in if you did not expect this link: what you do is done under the name that you choose
          here.
        </p>
        {change.error ? <Failed error={change.error} /> : null}
        <Button look="primary" size="large" onClick={onStay}>
          Stay signed in
        </Button>
        <Button look="plain" size="large" isBusy={change.isPending} onClick={() => change.mutate()}>
          Sign in as the other person
        </Button>
      </div>
    </main>
  );
}
