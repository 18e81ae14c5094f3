// For tests, loaded with `node --import`: freezes the process at its first file operation after its session's handle
// exists. The program's first argument is the session's directory.
import { existsSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { filePath } from './session-files.ts';

const handle = filePath(process.argv[2] ?? '', 'handle');
for (const name of ['link', 'rm', 'writeFile', 'readFile', 'stat'] as const) {
  const real = promises[name] as (...parts: unknown[]) => Promise<unknown>;
  const freezing = (...parts: unknown[]) => {
    if (existsSync(handle)) process.kill(process.pid, 'SIGSTOP');
    return real(...parts);
  };
  Object.assign(promises, { [name]: freezing });
}
syncBuiltinESMExports();
