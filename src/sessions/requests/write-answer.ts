// Answers a session. The answer is complete or not there, and goes into the folder that Moose made, not where a link leads.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { holdFolder } from '../../stdx/files/held-folder.ts';
import { renamePassingNow, writePassingNow } from '../../stdx/files/passing-files.ts';
import type { ExchangeFolders, SessionAnswer } from './exchange.ts';

/** Call this before the session starts. */
export function makeExchange({ asked, answered }: ExchangeFolders): void {
  for (const path of [asked, answered]) mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** False if the folder is gone, which only a session without isolation can do. */
export function writeAnswer({ answered }: ExchangeFolders, name: string, answer: SessionAnswer): boolean {
  const folder = holdFolder(answered);
  if (folder === null) return false;
  const draft = join(folder.path, `${name}.draft`);
  try {
    rmSync(draft, { force: true });
    writePassingNow(draft, `${JSON.stringify(answer)}\n`, { mode: 0o600, flag: 'wx' });
    renamePassingNow(draft, join(folder.path, name));
    return true;
  } finally {
    folder.close();
  }
}
