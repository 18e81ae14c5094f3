// Which conversation a session continues: Codex names its own, and keeps each in a file.

import { join } from 'node:path';
import { tail } from '../../sessions/read-output.ts';
import { listIfThere } from '../home-files.ts';
import { isJsonObject, type JsonEvent, parseJsonLine } from '../json-lines.ts';
import { kindOfCodexError } from './failures.ts';

/** How much of a transcript's end is read: enough for the last event of any turn. */
const transcriptTailBytes = 1024 * 1024;

/**
 * The newest conversation in this home, unless the provider rejected its last request itself: it would reject the same
 * conversation again (too long, or against its rules). Null to start a new one.
 */
export async function findConversation(codexHome: string): Promise<string | null> {
  const path = await newestTranscript(join(codexHome, 'sessions'));
  const id =
    path === null ? undefined : /-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/.exec(path)?.[1];
  if (path === null || id === undefined) return null;
  return (await endsInRefusedRequest(path)) ? null : id;
}

/** `sessions/2026/11/20/rollout-2026-11-20T13-37-48-ID.jsonl`: sorting by name sorts by time. */
async function newestTranscript(sessions: string): Promise<string | null> {
  let folder = sessions;
  for (const _level of ['year', 'month', 'day']) {
    const newest = (await listIfThere(folder))
      .filter((name) => /^\d+$/.test(name))
      .sort()
      .at(-1);
    if (newest === undefined) return null;
    folder = join(folder, newest);
  }
  const newest = (await listIfThere(folder))
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .at(-1);
  return newest === undefined ? null : join(folder, newest);
}

async function endsInRefusedRequest(path: string): Promise<boolean> {
  const { text } = await tail(path, transcriptTailBytes);
  const last = text.split('\n').map(parseJsonLine).findLast(isTurnEnd);
  const payload = isJsonObject(last?.payload) ? last.payload : {};
  const message = isJsonObject(payload.error) ? payload.error.message : null;
  if (typeof message !== 'string') return false;
  const { kind } = kindOfCodexError(message);
  return kind === 'bad_request' || kind === 'context_too_long';
}

function isTurnEnd(event: JsonEvent | null): boolean {
  return isJsonObject(event?.payload) && event.payload.type === 'task_complete';
}
