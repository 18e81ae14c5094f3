import { homedir } from 'node:os';
import { appFailures } from '../failure-catalogue.ts';

/** @throws ConfigurationError `HOME_UNKNOWN` */
export function homeDirectory(): string {
  try {
    return homedir();
  } catch (cause) {
    // The user ID has no entry among the users, as in many containers, and HOME is not set.
    throw appFailures.HOME_UNKNOWN({ operation: 'read', cause });
  }
}
