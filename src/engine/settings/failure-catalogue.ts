// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../domain/catalogue.ts';

export const settingFailures = catalogue('settings', {
  FORGE_HOST_NOT_FOUND: {
    kind: 'permanent',
    message: '{host} is neither a registered forge nor a project.',
    advice: 'List the registered forges with `moose forge ls`.',
  },
  FORGE_INVALID: {
    kind: 'permanent',
    message: 'The forge cannot be registered: {problem}.',
    advice:
      'See `moose forge add --help`. Secrets must be in variables such as MOOSE_FORGE_TOKEN, or in files with an absolute path.',
  },
  FORGE_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only a person can register or remove a forge.',
    advice: 'Run `moose forge` yourself, on the machine where Moose runs or with your own token.',
  },
  ISOLATION_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only a person can change the isolation and the network of agents and checks.',
    advice: 'Change it yourself: sign in to Mission Control, or use `moose config` at a terminal.',
  },
  LIMIT_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only a person can raise or move "{title}".',
    advice:
      'Change it yourself: sign in to Mission Control, or use `moose limits` or `moose config` at a terminal.',
  },
  LIMIT_NOT_YOURS_RISK: {
    kind: 'permanent',
    code: 'LIMIT_NOT_YOURS',
    message: 'Only a person can change "{title}" so that people are asked less.',
    advice: 'Change it yourself: sign in to Mission Control, or use `moose config` at a terminal.',
  },
  SETTING_CHANGED: {
    kind: 'permanent',
    message: '"{title}" was never changed, but your change is based on another version of it.',
    advice: 'Look at its current value, and change it again if you still want to.',
  },
  SETTING_CHANGED_MEANWHILE: {
    kind: 'permanent',
    code: 'SETTING_CHANGED',
    message: '"{title}" was changed by {who} at {at}, after you read it.',
    advice: 'Look at its current value, and change it again if you still want to.',
  },
  SETTING_NOT_FOUND: {
    kind: 'permanent',
    message: 'There is no setting "{key}".',
    advice: 'Did you mean {near}?',
  },
  SETTING_NOT_FOUND_LIST: {
    kind: 'permanent',
    code: 'SETTING_NOT_FOUND',
    message: 'There is no setting "{key}".',
    advice: '`moose config` lists them.',
  },
  SETTING_VALUE_INVALID: {
    kind: 'permanent',
    message: 'Invalid value for "{title}": {issues}.',
    advice: 'See its current value and the allowed values with `moose config get {key}`.',
  },
});
