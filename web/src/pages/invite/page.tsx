// What an invited person sees: who invites them, where to and as what. Only the button accepts, because link previews and
// mail scanners open every link.

import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import type { AcceptedInvite, ShownInvite } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { ProblemError } from '../../api/call.ts';
import { Button } from '../../parts/button.tsx';
import { CopyField } from '../../parts/copy-field.tsx';
import { roleMeanings } from '../../parts/role-meanings.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { Words } from '../../parts/words.tsx';
import { takeInvite } from '../../shell/take-token.ts';

/** Taken once, however often React mounts. */
const secret = takeInvite();
const until = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export function InvitePage() {
  useEffect(() => {
    document.title = 'Invite · Moose';
    // Another link in the same tab changes only what follows the `#`, and loads nothing.
    const again = () => location.reload();
    addEventListener('hashchange', again);
    return () => removeEventListener('hashchange', again);
  }, []);
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 p-6">
      <div className="flex items-center gap-3">
        <img src="/moose.svg" alt="" width={40} height={40} />
        <h1 className="text-xl font-semibold">Invite to Moose</h1>
      </div>
      {secret === null ? <WithoutSecret /> : <Invited secret={secret} />}
    </main>
  );
}

const Box = ({ children }: { children: ReactNode }) => (
  <div className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-5">{children}</div>
);

function WithoutSecret() {
  return (
    <Box>
      <p>Open the link of your invite again, as it was sent to you. This page does not keep it.</p>
      <Onward look="plain">Go to Mission Control</Onward>
    </Box>
  );
}

function Invited({ secret: given }: { secret: string }) {
  const body = { secret: given };
  const shown = useQuery({
    queryKey: ['invite'],
    queryFn: ({ signal }) => ask('post /api/session/invite/look', { body, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const accept = useMutation({
    mutationFn: () => ask('post /api/session/invite', { body }),
    // The token is not stored anywhere else.
    gcTime: 0,
  });
  if (accept.data) return <Welcome accepted={accept.data} />;
  if (shown.isError) return <Failed error={shown.error} onRetry={() => void shown.refetch()} />;
  if (!shown.data) return <Loading what="the invite" />;
  return (
    <Box>
      <Offer {...shown.data} />
      {shown.data.replaces === null ? null : (
        <p className="wrap-anywhere font-medium">
          You are signed in as <Words text={shown.data.replaces} />. Sign in as{' '}
          <Words text={shown.data.person} /> instead?
        </p>
      )}
      {accept.error ? <Failed error={accept.error} /> : null}
      {isFinal(accept.error) ? null : (
        <Button look="primary" size="large" isBusy={accept.isPending} onClick={() => accept.mutate()}>
          Accept and sign in
        </Button>
      )}
      <p className="text-[13px] text-quiet">
        The link works once, until {until.format(new Date(shown.data.expires_at))}.
      </p>
    </Box>
  );
}

/** Pressing the button again would not help. */
const isFinal = (error: unknown) =>
  error instanceof ProblemError && ['INVITE_OVER', 'INVITE_NAME_GONE'].includes(error.problem.code);

function Offer({ person, role, invited_by }: ShownInvite) {
  return (
    <>
      <p>
        <Words className="font-semibold" text={invited_by} /> invites you to the Moose at{' '}
        <strong className="wrap-anywhere">{location.host}</strong>.
      </p>
      <dl className="flex flex-col gap-3">
        <div>
          <dt className="text-[13px] text-quiet">Your name there</dt>
          <dd className="wrap-anywhere font-medium">
            <Words text={person} />
          </dd>
        </div>
        <div>
          <dt className="text-[13px] text-quiet">Your role</dt>
          <dd>
            <span className="font-medium">{role}</span>
            <br />
            {roleMeanings[role]}
          </dd>
        </div>
      </dl>
    </>
  );
}

function Welcome({ accepted: { person, token } }: { accepted: AcceptedInvite }) {
  return (
    <Box>
      <h2 className="font-semibold">
        You are signed in as <Words text={person} />
      </h2>
      <p>
        Store this token, for example in a password manager. You need it to sign in again, in another browser,
        and for the command line. It is not shown again.
      </p>
      <CopyField label="Your token" value={token} />
      <Onward look="primary">Open Mission Control</Onward>
    </Box>
  );
}

/** Loads the app from the start, signed in as the session says. */
function Onward({ look, children }: { look: 'plain' | 'primary'; children: ReactNode }) {
  return (
    <Button look={look} size="large" onClick={() => location.assign('/')}>
      {children}
    </Button>
  );
}
