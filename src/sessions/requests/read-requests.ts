// Reads what a session asks for. Nothing in its folder is trusted: links, pipes, large files and thousands of files cost no
// more than a look at a limited number of names.
import { closeSync, constants, fstatSync, opendirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { holdFolder } from '../../stdx/files/held-folder.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
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

/** Empty if it is not a plain, small file. Never waits: the session can put a pipe there. */
function textOf(path: string): string {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ELOOP', 'ENXIO', 'EACCES', 'EPERM')) return '';
    throw error;
  }
  try {
    const found = fstatSync(file);
    if (!found.isFile() || found.size > requestBytesMax) return '';
    const bytes = Buffer.alloc(found.size);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}
