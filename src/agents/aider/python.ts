// Finds the Python of an installed script from the script's first lines, as pip, pipx and uv write them.

import { open } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { findOnPath } from '../../sessions/resolve-program.ts';

/** Room for the longest path and the words around it. */
const firstBytesMax = 8_192;

/** Null if the program is not a Python script. */
export async function pythonOf(scriptPath: string, searchPath: string): Promise<string | null> {
  const text = await firstText(scriptPath);
  const direct = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(text);
  const program = direct?.[1];
  if (program === undefined) return null;
  if (isPython(program) && isAbsolute(program)) return program;
  const name = direct?.[2];
  if (/\/env$/.test(program) && name !== undefined && isPython(name))
    return findOnPath(name, searchPath, '/');
  // If a path is too long for the first line or contains a space, it is in the second line, which the shell reads too.
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
