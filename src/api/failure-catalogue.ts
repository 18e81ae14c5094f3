// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const apiFailures = catalogue('api', {
  BODIES_TOO_MANY: {
    kind: 'transient',
    message: 'Too many large requests arrive at the same time.',
    advice: 'Send the request again.',
  },
  BODY_TOO_LARGE: {
    kind: 'permanent',
    message: 'The body is larger than {bytesMax} bytes.',
    advice: 'Send less: shorten long texts before you send them.',
  },
  CHECKS_NOT_YOURS: {
    kind: 'permanent',
    message: 'Check commands must come from an admin or from the repository.',
    advice: 'Leave out `checks` to use the commands of the repository, or use a token with the role admin.',
  },
  CI_CHANGES_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only an admin can allow a change to touch CI and hooks.',
    advice: 'Leave out `allow_ci_changes`, or use a token with the role admin.',
  },
  COMMAND_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only an admin may submit a work order whose agent is a command.',
    advice: 'Leave out `command` to have an agent do it, or use a token with the role admin.',
  },
  DEMO_ONLY: {
    kind: 'permanent',
    message: 'This Moose does real work. Faults can be injected only into a demo.',
    advice: 'Start a demo with `moose demo --serve`, and open the address that it prints.',
  },
  HOST_NOT_ALLOWED: {
    kind: 'permanent',
    message: 'The request names a host that is not this server.',
    advice: 'Use the address that `moose up` prints, or set MOOSE_BASE_URL to the address that people use.',
  },
  IDEMPOTENCY_KEY_INVALID: {
    kind: 'permanent',
    message: 'The Idempotency-Key header must be 1 to 200 printable ASCII characters.',
    advice: 'Send a new UUID for each thing that you want to create.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    kind: 'permanent',
    message: 'This Idempotency-Key was already used for a different request.',
    advice: 'Use a new key for a new request, and repeat a key only with the same request.',
  },
  IDEMPOTENCY_UNDER_WAY: {
    kind: 'transient',
    message: 'The first request with this Idempotency-Key is still in progress.',
    advice: 'Send the same request again shortly: it gets the same answer as the first one.',
  },
  JSON_INVALID: {
    kind: 'permanent',
    message: '{message}',
    advice: 'Send one JSON document in UTF-8.',
    reference: { message: 'The body of a request is not UTF-8, or not JSON.' },
  },
  JSON_TOO_DEEP: {
    kind: 'permanent',
    message: 'The body is nested more than {depthMax} levels deep.',
    advice: 'Send a flatter document.',
  },
  LIVE_CLIENTS_TOO_MANY: {
    kind: 'transient',
    message: 'This server has {count} open live connections, {own} of them of this caller.',
    advice: 'Close some of them, or connect again later.',
  },
  LOGIN_EMAIL_NOT_VERIFIED: {
    kind: 'permanent',
    message: 'The OpenID Connect provider does not say that your email address is verified.',
    advice:
      'Verify the address at the provider. If it names none at all, add the scope that contains it to MOOSE_OIDC_SCOPE.',
  },
  LOGIN_FAILED: {
    kind: 'permanent',
    message: 'The answer of the OpenID Connect provider is not valid, so nobody was signed in.',
    advice: 'Sign in again from the start. If it fails again, `moose errors` shows what was wrong.',
  },
  LOGIN_NOT_BEGUN_HERE: {
    kind: 'permanent',
    message:
      'This browser has not begun this sign-in, has finished it before, or took more than ten minutes.',
    advice: 'Sign in again from the start, in one browser and at the same address.',
  },
  MEDIA_TYPE_NOT_JSON: {
    kind: 'permanent',
    message: 'The request does not declare its body as JSON.',
    advice: 'Send `Content-Type: application/json`.',
  },
  METHOD_NOT_ALLOWED: {
    kind: 'permanent',
    message: '{shown} does not support {method}, only {allowed}.',
    advice: 'See `/api/openapi.json` for what each method does.',
  },
  MOOSE_NOT_UP: {
    kind: 'configuration',
    message: 'No running Moose answers for the data directory {dataDirectory}.',
    advice: 'Start it with `moose up`, or give its data directory with --data.',
  },
  OIDC_INVALID: {
    kind: 'configuration',
    message: '{issuer} does not answer as an OpenID Connect provider.',
    advice:
      'Set MOOSE_OIDC_ISSUER to the issuer exactly as the provider names it in /.well-known/openid-configuration.',
  },
  OIDC_NOT_CONFIGURED: {
    kind: 'permanent',
    message: 'No OpenID Connect provider is set, so nobody can sign in through one.',
    advice: 'Sign in with a token, or set MOOSE_OIDC_ISSUER and MOOSE_OIDC_CLIENT_ID and restart Moose.',
  },
  OIDC_NOT_REACHED: {
    kind: 'transient',
    message: 'The OpenID Connect provider {issuer} did not answer.',
    advice: 'Try again, or sign in with a token. `moose doctor` checks whether the provider answers.',
  },
  ORIGIN_NOT_ALLOWED: {
    kind: 'permanent',
    message: 'The request comes from a page that does not belong to Moose.',
    advice: "Call the API from a program without an Origin header, or from Moose's own pages.",
  },
  PATH_NOT_FOUND: {
    kind: 'permanent',
    message: 'There is no {method} {shown}.',
    advice: 'See `/api/openapi.json` for what is available.',
  },
  PORT_NOT_ALLOWED: {
    kind: 'configuration',
    message: 'Moose cannot listen on port {port} of {bind} ({code}).',
    advice: 'Choose a port above 1023 (`moose up --port N`), and an address of this machine (MOOSE_BIND).',
  },
  PORT_TAKEN: {
    kind: 'configuration',
    message: 'Port {port} of {bind} is in use by another program or another Moose.',
    advice:
      'Stop that program, or choose another port: `moose up --port N`, or MOOSE_PREVIEW_PORT for previews.',
  },
  PREVIEWS_FULL: {
    kind: 'transient',
    message: 'Too many previews are open, or this one has too many requests at once.',
    advice: 'Close the pages of other previews, and load this page again.',
  },
  PREVIEW_ADDRESS_UNSAFE: {
    kind: 'configuration',
    message: 'Previews cannot be served on {pattern}: {problem}.',
    advice:
      'Set MOOSE_PREVIEW_URL to a name that shares nothing with MOOSE_BASE_URL, or serve MOOSE_BASE_URL over https.',
  },
  PREVIEW_HOST_UNKNOWN: {
    kind: 'permanent',
    message: 'This host name belongs to no preview.',
    advice: 'Open a preview on the page of a work order, or with `moose preview`.',
  },
  PREVIEW_LINK_OVER: {
    kind: 'permanent',
    message: 'This link does not open a preview, or no longer: it works once, within a minute.',
    advice: 'Open another one on the page of the work order, or with `moose preview`.',
  },
  PREVIEW_REQUEST_REFUSED: {
    kind: 'permanent',
    message: 'A preview cannot answer this request: {because}.',
    advice: 'Open the page of the preview in a browser.',
  },
  RATE_LIMITED: {
    kind: 'transient',
    message: 'Too many requests in too short a time.',
    advice: 'Wait for the time in the Retry-After header, and send requests less often.',
  },
  REPOSITORY_PATH_RELATIVE: {
    kind: 'permanent',
    message:
      'repository must be the address of a remote, or an absolute path on the machine that runs Moose, not "{path}".',
    advice: 'Give https://HOST/OWNER/REPO, or the full path, for example /srv/project.',
  },
  REPOSITORY_PATH_RELATIVE_OR_REMOTE: {
    kind: 'permanent',
    code: 'REPOSITORY_PATH_RELATIVE',
    message:
      'repository_path must be an absolute path on the machine that runs Moose, or the address of a remote, not "{path}".',
    advice: 'Give the full path, for example /srv/project, or https://HOST/OWNER/REPO.',
  },
  REQUEST_INVALID: {
    kind: 'permanent',
    message: 'The request cannot be read.',
    advice: 'See `/api/openapi.json`.',
  },
  REQUEST_INVALID_DELIVERY: {
    kind: 'permanent',
    code: 'REQUEST_INVALID',
    type: 'coordination',
    message: 'This is not a delivery from {host}: its headers or its body are invalid.',
    advice: "Send the forge's headers, which name the delivery and the event, and a JSON object as the body.",
  },
  REQUEST_INVALID_FIELD: {
    kind: 'permanent',
    code: 'REQUEST_INVALID',
    message: 'The request is invalid: {name}: {message}.',
    advice: 'See `/api/openapi.json` for what it accepts.',
  },
  REQUEST_INVALID_ISSUES: {
    kind: 'permanent',
    code: 'REQUEST_INVALID',
    message: 'The request is invalid: {said}.',
    advice:
      'Correct what is named there. `moose COMMAND --help` describes each command, `/api/openapi.json` each request.',
  },
  REQUEST_INVALID_SLACK: {
    kind: 'permanent',
    code: 'REQUEST_INVALID',
    message: "This is not the press of one of Moose's buttons in Slack.",
    advice: 'Use the address of this endpoint only as the request URL of interactivity in your Slack app.',
  },
  REQUEST_TIMED_OUT: {
    kind: 'transient',
    message: 'The request timed out.',
    advice: 'Try again; check `/healthz` to see whether the database is available.',
  },
  ROLE_TOO_LOW: {
    kind: 'permanent',
    message: 'This requires the role {role}, but {who} the role {has}.',
    advice: 'Use a token with the role {role}.',
  },
  ROLE_TOO_LOW_OF_PERSON: {
    kind: 'permanent',
    code: 'ROLE_TOO_LOW',
    message: 'This requires the role {role}, which {person} does not have.',
    advice: 'Ask an admin for a token with the role {role}.',
  },
  SESSION_OVER: {
    kind: 'permanent',
    message: 'You are no longer signed in.',
    advice: 'Sign in again: `moose open` prints the address.',
  },
  SIGNATURE_INVALID: {
    kind: 'permanent',
    type: 'coordination',
    message: 'The signature of this webhook from {host} is missing or does not match the body.',
    advice:
      'Give the webhook the same secret as Moose (for github.com, MOOSE_GITHUB_WEBHOOK_SECRET) and the content type application/json.',
  },
  SIGNED_IN_AS_ANOTHER: {
    kind: 'permanent',
    message: 'You are signed in as {now}. Sign in as {wanted} instead?',
    advice:
      'If you did not expect this link, stay signed in: otherwise what you do is done under the other name.',
  },
  SLACK_NOT_CONFIGURED: {
    kind: 'configuration',
    message: 'No signing secret of Slack is set, so buttons in Slack are not accepted.',
    advice: 'Set MOOSE_SLACK_SIGNING_SECRET to the signing secret of your Slack app, and restart Moose.',
  },
  SLACK_SIGNATURE_INVALID: {
    kind: 'permanent',
    message: 'The signature of this request from Slack is missing, too old or wrong.',
    advice:
      'Give Moose the signing secret of the Slack app (MOOSE_SLACK_SIGNING_SECRET), and check its clock.',
  },
  SLACK_USER_UNKNOWN: {
    kind: 'permanent',
    message: 'Moose does not know who the Slack user {user} is.',
    advice: 'Ask an admin to add {user}=YOUR-NAME to MOOSE_SLACK_PEOPLE, or answer in Mission Control.',
  },
  TOKEN_INVALID: {
    kind: 'permanent',
    message: 'The request has no valid token.',
    advice:
      'Send the header `Authorization: Bearer TOKEN`. The first token is in the file `api-token` in the data directory.',
  },
  TOKEN_INVALID_SIGN_IN: {
    kind: 'permanent',
    code: 'TOKEN_INVALID',
    message: 'This link or token does not sign anybody in: it is mistyped, revoked or too old.',
    advice:
      'Get a new link: `moose open` on the machine of Moose prints one, and an admin can send an invitation.',
  },
  TOKEN_NOT_A_PERSONS: {
    kind: 'permanent',
    message: 'The token "{name}" belongs to a program and cannot be used to sign in.',
    advice: 'Create your own: `moose tokens create NAME --role operator --person YOU`.',
  },
  TOO_MANY_FAILED_LOGINS: {
    kind: 'transient',
    message: 'Too many requests with invalid tokens are in progress.',
    advice: 'Try again in a second with a valid token.',
  },
  UPGRADE_REQUIRED: {
    kind: 'permanent',
    message: 'This path accepts only WebSocket connections.',
    advice: 'Open it as a WebSocket: `wss://` or `ws://`, with the same token.',
  },
  WEBHOOKS_NOT_CONFIGURED: {
    kind: 'configuration',
    message: 'No webhook secret is set for {host}, so its webhooks are not accepted.',
    advice:
      "For github.com, set MOOSE_GITHUB_WEBHOOK_SECRET to the secret of the repository's webhook, and restart Moose; for another forge, name it with `moose forge add HOST --webhook-secret-env NAME`.",
  },
  WEBHOOK_HOST_UNKNOWN: {
    kind: 'permanent',
    type: 'coordination',
    message: 'No forge with the host {host} is registered, so its webhooks are not accepted.',
    advice:
      'Register it with `moose forge add HOST --webhook-secret-env NAME`, or correct the address of the webhook.',
  },
});
