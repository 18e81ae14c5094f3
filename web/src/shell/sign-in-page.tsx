import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Me } from '../../../src/contract/contract.ts';
import { Button } from '../parts/button.tsx';
import { Field, inputClass } from '../parts/field.tsx';
import { Failed } from '../parts/states.tsx';
import { signIn } from './sign-in.ts';
import { SignInElsewhere } from './sign-in-elsewhere.tsx';

export interface SignInPageProps {
  /** Error of a token from the URL. */
  error: unknown;
  onSignedIn(me: Me): void;
}

export function SignInPage({ error: given, onSignedIn }: SignInPageProps) {
  const [token, setToken] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [own, setOwn] = useState<unknown>(null);
  const error = own ?? given;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = 'Sign in · Moose';
    input.current?.focus();
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    signIn(token.trim())
      .then(onSignedIn, (cause: unknown) => {
        setOwn(cause);
        input.current?.select();
      })
      .finally(() => setBusy(false));
  };
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 p-6">
      <div className="flex items-center gap-3">
        <img src="/moose.svg" alt="" width={40} height={40} />
        <h1 className="text-xl font-semibold">Sign in to Moose</h1>
      </div>
      <SignInElsewhere />
      <form onSubmit={submit} className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-5">
        <Field label="Token" help="Starts a session in this browser. The token itself is not stored.">
          {(attributes) => (
            <input
              {...attributes}
              ref={input}
              type="password"
              autoComplete="current-password"
              required
              maxLength={200}
              value={token}
              onChange={(event) => setToken(event.target.value)}
              className={inputClass}
            />
          )}
        </Field>
        {error ? <Failed error={error} /> : null}
        <Button type="submit" look="primary" isBusy={isBusy}>
          Sign in
        </Button>
      </form>
      <div className="flex flex-col gap-2 text-quiet">
        <p>
          Run <code>moose open</code> on the machine that runs Moose. It prints a link that signs you in.
        </p>
        <p>
          Or copy the token from the file <code>api-token</code> in Moose's data folder (<code>~/.moose</code>{' '}
          by default).
        </p>
      </div>
    </main>
  );
}
