// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../domain/catalogue.ts';

export const accessFailures = catalogue('access', {
  AUDIT_NOT_WRITTEN: {
    kind: 'permanent',
    severity: 'high',
    type: 'coordination',
    message: 'Could not write a change to the audit log: {message}',
    advice:
      'Check for a trigger, a constraint or a missing privilege on the table audit_log; until then `moose errors` shows who changed what.',
  },
  INVITES_TOO_MANY: {
    kind: 'permanent',
    message: 'There are {openInvitesMax} open invites.',
    advice: 'Revoke invites that are not needed.',
  },
  INVITE_ACCEPTED: {
    kind: 'permanent',
    message: '{person} has already accepted this invite.',
    advice: 'Revoke the token of the person instead: `moose tokens` lists it.',
  },
  INVITE_AMBIGUOUS: {
    kind: 'permanent',
    message: 'Several invites have ids that end in {shown}.',
    advice: 'Give more characters of the id.',
  },
  INVITE_INVALID: {
    kind: 'permanent',
    message: 'This is not the link of an invite.',
    advice: 'Open the whole link, as it was sent to you.',
  },
  INVITE_NAME_GONE: {
    kind: 'permanent',
    message: 'The name "{person}" now belongs to somebody else.',
    advice: 'Ask the person who invited you for another invite, with another name.',
  },
  INVITE_NAME_INVALID: {
    kind: 'permanent',
    message: 'Nobody can be invited as "{person}".',
    advice:
      'Use up to 100 letters, digits and . _ + -, starting with a letter or a digit. Names with @ belong to people who sign in at a provider: let them in with MOOSE_SIGN_IN_ALLOW.',
  },
  INVITE_NAME_INVITED: {
    kind: 'permanent',
    message: 'Somebody is already invited as "{person}".',
    advice: 'Revoke that invite first: `moose invites` lists them. Or choose another name.',
  },
  INVITE_NAME_TAKEN: {
    kind: 'permanent',
    message:
      'The name "{person}" is or was the name of somebody else, or differs from such a name only in upper and lower case.',
    advice:
      'Choose another name. If it is the same person, create another token: `moose tokens create NAME --role ROLE --person PERSON`.',
  },
  INVITE_NOT_FOUND: {
    kind: 'permanent',
    message: 'There is no invite {shown}.',
    advice: 'List the existing invites with `moose invites`.',
  },
  INVITE_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only a person can invite people.',
    advice: 'Do it yourself: sign in to Mission Control, or `moose invites create PERSON --role ROLE`.',
  },
  INVITE_OVER: {
    kind: 'permanent',
    message: '{ends}',
    advice: 'Ask an admin for a new invite, or, if you have signed in before, for a token.',
    reference: {
      message:
        'The invite was already used, has expired, or was revoked, or its inviter is no longer an admin.',
    },
  },
  INVITE_TIME_INVALID: {
    kind: 'permanent',
    message: 'A link works for at least one minute and at most 30 days.',
    advice: 'Give it with --expires, as in 12h or 7d.',
  },
  LOGIN_NAME_TAKEN: {
    kind: 'permanent',
    message: 'Another account has signed in as {person} before.',
    advice: 'Ask an admin which account is the right one: an address belongs permanently to one account.',
  },
  LOGIN_NOT_ALLOWED: {
    kind: 'permanent',
    message: '{person} may not sign in here.',
    advice:
      'Ask an admin to add the address, its domain or one of its groups to MOOSE_SIGN_IN_ALLOW, and to restart Moose.',
  },
  LOGIN_REVOKED: {
    kind: 'permanent',
    message: 'An admin has revoked the login of {name}.',
    advice: 'Ask an admin for a token: `moose tokens create NAME --person YOU --role ROLE`.',
  },
  PUSH_BROWSERS_TOO_MANY: {
    kind: 'permanent',
    message: 'Notifications are on in {browsersMax} of your browsers.',
    advice: 'Remove one that you no longer use.',
  },
  PUSH_BROWSER_INVALID: {
    kind: 'permanent',
    message: 'The browser cannot be subscribed. {what}',
    advice: 'Turn notifications on in Mission Control, which sends what the browser gives it.',
  },
  PUSH_BROWSER_NOT_FOUND: {
    kind: 'permanent',
    message: 'You have no such browser.',
    advice: 'Load the page again: it may have been removed.',
  },
  PUSH_BROWSER_TAKEN: {
    kind: 'permanent',
    message: 'Another person gets notifications at this address.',
    advice: 'Turn notifications off and on again, so that the browser gets a new address.',
  },
  PUSH_NOT_A_PERSON: {
    kind: 'permanent',
    message: 'Only a person who is signed in gets browser notifications.',
    advice:
      'Sign in to Mission Control: `moose open` prints the address. Programs can use MOOSE_WEBHOOK_URL.',
  },
  TOKENS_TOO_MANY: {
    kind: 'permanent',
    message: 'There are {tokensMax} tokens.',
    advice: 'Revoke unused tokens.',
  },
  TOKEN_AMBIGUOUS: {
    kind: 'permanent',
    message: 'Several tokens have ids that end in {shown}.',
    advice: 'Give more characters of the id.',
  },
  TOKEN_NAME_INVALID: {
    kind: 'permanent',
    message: '"{word}" is not a valid name for a token or a person.',
    advice: 'Use up to 100 letters, digits, spaces and . _ @ + -, starting with a letter or a digit.',
  },
  TOKEN_NAME_TAKEN: {
    kind: 'permanent',
    message: 'A token with the name "{name}" already exists.',
    advice:
      'Choose another name or revoke that token: the audit log records actions under the name of the token.',
  },
  TOKEN_NOT_FOUND: {
    kind: 'permanent',
    message: 'There is no token {shown}.',
    advice: 'List the existing tokens with `moose tokens`.',
  },
  TOKEN_NOT_YOURS: {
    kind: 'permanent',
    message: "Only a person can create a person's token or an admin token.",
    advice:
      'Create it yourself: sign in to Mission Control, or `moose tokens create NAME --role ROLE --person YOU`.',
  },
});
