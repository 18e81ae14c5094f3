import { homedir } from 'node:os';
import { ConfigurationError } from '../../domain/failure.ts';

/** @throws ConfigurationError `HOME_UNKNOWN` */
export function homeDirectory(): string {
  try {
    return homedir();
  } catch (cause) {
    // The user ID has no entry among the users, as in many containers, and HOME is not set.
    throw new ConfigurationError({
      code: 'HOME_UNKNOWN',
      component: 'config',
      operation: 'read',
      message: 'This user has no home directory, so Moose has no default directory for its data.',
      advice: 'Specify a directory with --data or MOOSE_DATA, or set HOME.',
      cause,
    });
  }
}
