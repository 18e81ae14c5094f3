// Signing in at the OpenID Connect provider of the team, if one is set.
import { useQuery } from '@tanstack/react-query';
import { ask } from '../api/ask.ts';
import { takeRefusal } from './take-token.ts';

/** Taken once, however often React mounts. */
const refusal = takeRefusal();

/** Texts of our own: anybody can make a link with a code. */
const reasons: Readonly<Record<string, string>> = {
  LOGIN_NOT_ALLOWED: 'You are not allowed to sign in yet. Ask an admin to let you in.',
  LOGIN_REVOKED: 'An admin has revoked your login.',
  LOGIN_NAME_TAKEN: 'Another account has signed in with your address before. Ask an admin.',
  LOGIN_EMAIL_NOT_VERIFIED: 'The provider does not say that your email address is verified.',
  LOGIN_NOT_BEGUN_HERE: 'This sign-in took too long, or was started in another browser. Sign in again.',
  OIDC_NOT_REACHED: 'The provider did not respond. Try again later, or sign in with a token.',
};
const otherReason = 'Signing in at the provider failed. Try again.';

export function SignInElsewhere() {
  const ways = useQuery({
    queryKey: ['ways-to-sign-in'],
    queryFn: ({ signal }) => ask('get /api/session/ways', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const to = encodeURIComponent(location.pathname + location.search);
  return (
    <>
      {refusal === null ? null : (
        <p role="alert" className="rounded-lg border border-line bg-surface p-4 text-bad">
          {reasons[refusal] ?? otherReason}
        </p>
      )}
      {ways.data?.oidc ? (
        <a
          href={`/api/session/oidc?to=${to}`}
          className="rounded-md border border-line bg-surface px-4 py-2 text-center font-medium"
        >
          Sign in with your organization
        </a>
      ) : null}
    </>
  );
}
