// Which conversation a session goes on with. The id is chosen by Moose and kept in the work order's home, so that a
// run that was killed is resumed rather than paid for again.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tail } from '../../sessions/read-output.ts';
import { isJsonObject } from '../json-lines.ts';

const idFileName = 'moose-conversation-id';

/** Of a transcript's end: enough for the last messages of any turn. */
const transcriptTailBytes = 1024 * 1024;

export type Conversation = { kind: 'new' | 'resumed'; id: string };

/**
 * Resumes where the home holds a transcript, unless the provider refused the last request as such: then it would
 * refuse the same conversation again (too long, or against its rules), and a new one is begun.
 */
export async function chooseConversation(
  homePath: string,
  newSessionId: () => string,
): Promise<Conversation> {
  const idPath = join(homePath, idFileName);
  const known = await readIfThere(idPath);
  const id = known !== null && uuid.test(known.trim()) ? known.trim() : null;
  const transcript = id === null ? null : await findTranscript(homePath, id);
  // An id without a transcript was never begun: it is still good.
  if (id !== null && transcript === null) return { kind: 'new', id };
  if (id !== null && transcript !== null && !(await endsInRefusedRequest(transcript)))
    return { kind: 'resumed', id };
  const fresh = newSessionId();
  await mkdir(homePath, { recursive: true, mode: 0o700 });
  await writeFile(idPath, `${fresh}\n`, { mode: 0o600 });
  return { kind: 'new', id: fresh };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Under any folder: they are named for the worktree, which may have moved, and resuming works from another one. */
async function findTranscript(homePath: string, id: string): Promise<string | null> {
  const projects = join(homePath, '.claude', 'projects');
  for (const folder of await listIfThere(projects)) {
    if ((await listIfThere(join(projects, folder))).includes(`${id}.jsonl`))
      return join(projects, folder, `${id}.jsonl`);
  }
  return null;
}

async function endsInRefusedRequest(transcriptPath: string): Promise<boolean> {
  const { text } = await tail(transcriptPath, transcriptTailBytes);
  const last = text
    .split('\n')
    .map(parseEvent)
    .findLast((event) => event?.type === 'assistant');
  return last?.isApiErrorMessage === true && last.error === 'invalid_request';
}

function parseEvent(line: string): Record<string, unknown> | null {
  try {
    const event: unknown = JSON.parse(line);
    return isJsonObject(event) ? event : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | null> {
  return await readFile(path, 'utf8').catch((error: unknown) => orNull(error));
}

async function listIfThere(path: string): Promise<string[]> {
  return (await readdir(path).catch((error: unknown) => orNull(error))) ?? [];
}

function orNull(error: unknown): null {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
    return null;
  throw error;
}
