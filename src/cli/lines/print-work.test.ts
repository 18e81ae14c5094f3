import { expect, test, vi } from 'vitest';
import type { CliMoose, NamedOrder } from '../cli-moose.ts';
import { createPrinter } from '../terminal/printer.ts';
import { followWork } from './print-work.ts';

test('R-PROJ-10: fear: Ctrl-C while an agent prints ends as a bug of Moose', async () => {
  const stop = new AbortController();
  const session = { id: 's1', name: 'agent', ended_at: null };
  let looks = 0;
  const moose = {
    sessions: async () => [session],
    follow: (_: NamedOrder, { signal }: { signal: AbortSignal }) =>
      new Promise<void>((_resolve, reject) =>
        // The events end a moment after the output, as over a network.
        signal.addEventListener('abort', () => setTimeout(() => reject(signal.reason), 50)),
      ),
    workOrders: {
      output: async () => {
        looks += 1;
        return { text: '', next_offset: 0, size: 0, is_over: false };
      },
    },
  } as unknown as CliMoose;
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    const printer = createPrinter(true);
    const order = { id: 'w1' } as NamedOrder;
    const following = followWork(moose, printer, order, { signal: stop.signal, afterId: '0' });
    await vi.waitFor(() => expect(looks).toBeGreaterThan(0));
    stop.abort(new DOMException('Stopped by a signal', 'AbortError'));
    await expect(following).rejects.toBe(stop.signal.reason);
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
