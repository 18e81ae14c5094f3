// The ID of a work order's conversation with an agent, for agents that accept an ID: it is chosen once and kept in the
// work order's home, so that a killed run is resumed instead of paid for again.

import { join } from 'node:path';
import { readIfThere, writeOwnFile } from './home-files.ts';

const idFileName = 'moose-conversation-id';

/** Null if the work order has no ID yet, or if the file contains no valid ID. */
export async function keptConversationId(homePath: string): Promise<string | null> {
  const id = (await readIfThere(join(homePath, idFileName)))?.trim() ?? '';
  return uuid.test(id) ? id : null;
}

export async function keepConversationId(homePath: string, id: string): Promise<string> {
  await writeOwnFile(homePath, idFileName, `${id}\n`);
  return id;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
