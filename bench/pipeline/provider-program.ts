// The scripted model as a separate process, so that its work does not count as Moose's. It reports each call to its
// parent, from the head of the request to the last byte of the answer.

import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { type Interval, instantMs } from '../measuring/intervals.ts';

export type ProviderMessage = { baseUrl: string } | { call: Interval };

const startedMs = new WeakMap<IncomingMessage, number>();
subscribe('http.server.request.start', (message) => {
  startedMs.set((message as { request: IncomingMessage }).request, instantMs());
});
subscribe('http.server.response.finish', (message) => {
  const endMs = instantMs();
  tell({
    call: { startMs: startedMs.get((message as { request: IncomingMessage }).request) ?? endMs, endMs },
  });
});

// A small change to a file with a new name, which costs the same for every work order.
const provider = await startScriptedProvider({
  script: ({ title }) => ({
    plan: `Write the note that is asked for: ${title}.`,
    edits: [
      { kind: 'write', path: `notes/${(title ?? 'note').replace(/\W+/g, '-')}.md`, content: `# ${title}\n` },
    ],
    risks: [],
  }),
});
process.once('disconnect', () => void provider.stop().then(() => process.exit(0)));
tell({ baseUrl: provider.baseUrl });

function tell(message: ProviderMessage): void {
  process.send?.(message);
}
