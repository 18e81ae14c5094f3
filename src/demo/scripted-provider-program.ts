import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { demoScript } from './demo-work-orders.ts';
import type { Script } from './scripted-answer.ts';
import { startScriptedProvider } from './scripted-provider.ts';

// The scripted provider as a separate program, so that it outlives a Moose that is killed:
//
//   node src/demo/scripted-provider-program.ts [SCRIPT_MODULE] [PORT]
//
// SCRIPT_MODULE exports `script`; without one, the demo's script answers. It prints its address as one line of JSON:
// {"baseUrl":"http://127.0.0.1:PORT/v1"}. SIGTERM or SIGINT ends it.

const [, , modulePath, port = '0'] = process.argv;

const provider = await startScriptedProvider({
  script: modulePath === undefined ? demoScript : await loadScript(modulePath),
  port: Number(port),
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void provider.stop().then(() => process.exit(0)));
}
process.stdout.write(`${JSON.stringify({ baseUrl: provider.baseUrl })}\n`);

async function loadScript(path: string): Promise<Script> {
  const loaded: { script?: unknown } = await import(pathToFileURL(resolve(path)).href);
  if (typeof loaded.script !== 'function') {
    throw new TypeError(`${path} does not export a function named script.`);
  }
  return loaded.script as Script;
}
