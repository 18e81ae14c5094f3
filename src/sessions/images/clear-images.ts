// Removes images that no session has used for a long time, and images that a killed Moose left half unpacked.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { namesIn } from '../../stdx/text/names-in.ts';
import { imagesPath } from './image-store.ts';

const whole = /^[0-9a-f]{64}$/;
const partial = /^[0-9a-f]{64}\.[0-9a-f-]{36}$/;

export async function clearImages(dataDirectory: string, before: Date): Promise<void> {
  const folder = imagesPath(dataDirectory);
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const mark = whole.test(name) ? join(path, 'image.json') : partial.test(name) ? path : null;
    if (mark !== null && (await isOlder(mark, before))) await removeTree(path);
  }
}

async function isOlder(path: string, before: Date): Promise<boolean> {
  try {
    return (await stat(path)).mtime < before;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}
