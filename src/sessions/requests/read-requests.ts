// Reads what a session asks for. Nothing in its folder is trusted: links, pipes, large files and thousands of files cost no
// more than a look at a limited number of names.
import { opendirSync } from 'node:fs';
import { join } from 'node:path';
import { holdFolder } from '../../stdx/files/held-folder.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { readSmallFile } from '../read-small-file.ts';
import { parseJson } from '../session-files.ts';
import {
  type ExchangeFolders,
  requestBytesMax,
  requestName,
  type SessionRequest,
  sessionRequestSchema,
} from './exchange.ts';

/** Names that one look at a folder reads; what is behind them is seen once the session has removed some. */
const namesMax = 200;
/** Answers that one session gets: then it has asked enough. */
export const answersMax = 50;

export interface ReadRequest {
  /** With its ending: the name of the answer too. */
  name: string;
  /** Null: it is not a request. */
  request: SessionRequest | null;
}

/** The requests without an answer; empty if the session cannot ask, or has been answered too often. */
export function readRequests({ asked, answered }: ExchangeFolders): ReadRequest[] {
  const had = namesIn(answered, answersMax);
  const wanted = namesIn(asked, namesMax).filter((name) => !had.includes(name));
  const folder = wanted.length === 0 ? null : holdFolder(asked);
  if (folder === null) return [];
  try {
    return wanted
      .slice(0, answersMax - had.length)
      .map((name) => ({ name, request: requestIn(join(folder.path, name)) }));
  } finally {
    folder.close();
  }
}

function namesIn(path: string, max: number): string[] {
  const folder = holdFolder(path);
  if (folder === null) return [];
  try {
    const names: string[] = [];
    const entries = opendirSync(folder.path);
    try {
      for (let looked = 0; looked < max; looked++) {
        const entry = entries.readSync();
        if (entry === null) break;
        if (requestName.test(entry.name)) names.push(entry.name);
      }
    } finally {
      entries.closeSync();
    }
    return names;
  } finally {
    folder.close();
  }
}

function requestIn(path: string): SessionRequest | null {
  const parsed = sessionRequestSchema.safeParse(parseJson(textOf(path)));
  return parsed.success ? parsed.data : null;
}

/** Empty if it is not a plain, small file that may be read. */
function textOf(path: string): string {
  try {
    return readSmallFile(path, { bytesMax: requestBytesMax, refusesLinks: true }) ?? '';
  } catch (error) {
    if (hasErrorCode(error, 'EACCES', 'EPERM')) return '';
    throw error;
  }
}
