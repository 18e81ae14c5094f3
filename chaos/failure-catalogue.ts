// What the errors of the chaos suite say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../src/domain/catalogue.ts';

export const chaosFailures = catalogue('chaos', {
  CHAOS_DIRECTORY_USED: {
    kind: 'configuration',
    message: '{root} is not empty, and a scratch instance deletes its folder at its end.',
    advice: 'Name a folder that does not exist yet with --data, or leave --data out.',
  },
  CHAOS_MACHINE_REFUSED: {
    kind: 'configuration',
    message: 'This user may not give a process a host name of its own, so there can be no second machine.',
    advice: 'Run `moose chaos --machines 2` as root on Linux, or leave --machines out.',
  },
  CHAOS_SCENARIO_UNKNOWN: {
    kind: 'configuration',
    message: 'There is no scenario named {name}.',
    advice: 'Choose one of `moose chaos --list`, such as {near}.',
  },
  DEMO_FAULT_RUNNING: {
    kind: 'permanent',
    message: 'The demo still recovers from another fault: {fault}.',
    advice: 'Wait until it has ended: with several faults at once, nobody could tell them apart.',
  },
  DEMO_FAULT_UNKNOWN: {
    kind: 'configuration',
    message: 'The demo has no fault named {name}.',
    advice: 'Choose one of `moose demo --fault list`, such as {near}.',
  },
});
