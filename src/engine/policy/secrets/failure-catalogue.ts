// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../../domain/catalogue.ts';

export const secretFailures = catalogue('secrets', {
  PUSH_KEY_UNREADABLE: {
    kind: 'configuration',
    message: 'The key of browser notifications cannot be read: its row in the database was changed.',
    advice:
      'Delete the rows of push_key and push_subscriptions; then turn notifications on again in each browser.',
  },
  SECRETS_KEY_INVALID: {
    kind: 'configuration',
    message: "The key of the projects' variables cannot be used: {where} {what}.",
    advice: '{advice}',
    reference: { advice: 'Check the permissions of the file (`chmod 600`), or restore it from a backup.' },
  },
  SECRETS_KEY_MISSING: {
    kind: 'configuration',
    message: 'This machine does not have the key that {what} is encrypted with.',
    advice:
      'Copy the file secrets.keys from the data directory of the machine that encrypted it to {path} (chmod 600), or give its content in {keyVariable}; `moose project variable key` shows there where it is. If the key is lost, set the variables again after `moose project variable rm`.',
  },
  VARIABLE_UNREADABLE: {
    kind: 'configuration',
    message: 'The variable {name} cannot be read: its row in the database was changed or moved.',
    advice: 'Set it again: `moose project variable set PROJECT {name}`.',
  },
});
