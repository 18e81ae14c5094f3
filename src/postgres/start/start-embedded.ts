// The embedded PostgreSQL server: adopted if it runs, started if it does not.

import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { findBinaryPackage } from '../binaries/binaries.ts';
import { type EmbeddedServer, embeddedServer, type StartedServer } from '../embedded-server.ts';
import { bringUp, type StartOptions } from './bring-up.ts';
import type { Machine } from './prepare.ts';

export type { EmbeddedServer, StartOptions };

const thisMachine: Machine = { findBinaryPackage, relocationRoot };

/**
 * Fails with a ConfigurationError or a TransientError whose code begins with EMBEDDED_, or with the signal's own
 * reason. The caller calls `release` (or `stop`) once at the end; a killed process need not.
 */
export async function startEmbedded(options: StartOptions): Promise<StartedServer> {
  return embeddedServer(await bringUp(thisMachine, options));
}

/** A temporary directory's data stays temporary: it is deleted with the rest and fills up no permanent directory. */
export function relocationRoot(directory: string): string {
  const temporary = realpathSync(tmpdir());
  return directory.startsWith(`${temporary}/`) ? temporary : '/var/lib/moose';
}
