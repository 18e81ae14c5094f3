// What every adapter of a kind of forge is given.
import type { Forge } from '../engine/ports/forge.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Database } from '../store/database.ts';
import type { ForgeHost } from '../store/work/pull-requests/forge-hosts.ts';
import type { ProgramEnvironment } from './credentials.ts';
import type { ReadVariable } from './secret-source.ts';

export interface AdapterOptions {
  database: Database;
  clock: Clock;
  read: ReadVariable;
  programEnvironment: ProgramEnvironment;
  /** Tests of other things set this to zero. */
  writesApartMs?: number;
}

/** Builds the forge of one repository. */
export type ForgeAdapter = (at: { projectId: string; host: ForgeHost; path: string }) => Forge;
