// A scripted model that takes its time, as real ones do, as a separate process.
import { startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { ModelMessage } from './start-model.ts';

const modelMs = Number(process.argv[2]);
const calls = new Map<string, number>();

const provider = await startScriptedProvider({
  script: async (request) => {
    const title = request.title ?? '';
    calls.set(title, (calls.get(title) ?? 0) + 1);
    await sleep(modelMs);
    const path = `notes/${title.replace(/\W+/g, '-')}.md`;
    return { plan: `Write ${path}.`, edits: [{ kind: 'write', path, content: `# ${title}\n` }], risks: [] };
  },
});
process.on('message', () => tell({ calls: [...calls] }));
process.once('disconnect', () => void provider.stop().then(() => process.exit(0)));
tell({ baseUrl: provider.baseUrl });

function tell(message: ModelMessage): void {
  process.send?.(message);
}
