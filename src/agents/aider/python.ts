// The Python that an installed script runs in: by the script's own first lines, as pip, pipx and uv write them.

import { open } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { findOnPath } from '../../sessions/resolve-program.ts';

/** A path of the longest kind, and the words around it. */
const firstBytesMax = 8_192;

/** Null for a program that is no script of Python's. */
export async function pythonOf(scriptPath: string, searchPath: string): Promise<string | null> {
  const text = await firstText(scriptPath);
  const direct = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(text);
  const program = direct?.[1];
  if (program === undefined) return null;
  if (isPython(program) && isAbsolute(program)) return program;
  const name = direct?.[2];
  if (/\/env$/.test(program) && name !== undefined && isPython(name))
    return findOnPath(name, searchPath, '/');
  // A path too long for a first line, or with a space in it, stands in the second one, which the shell reads as well.
  return /^'''exec' (?:"([^"\n]+)"|(\S+)) "\$0" "\$@"$/m.exec(text)?.slice(1).find(Boolean) ?? null;
}

function isPython(program: string): boolean {
  return /(?:^|\/)python[\d.]*$/.test(program);
}

async function firstText(path: string): Promise<string> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(firstBytesMax);
    const { bytesRead } = await file.read(bytes, 0, firstBytesMax, 0);
    return bytes.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
