import { expect, test, vi } from 'vitest';
import type { Ask, Operation } from '../../contract/operations/ask.ts';
import {
  listWorkOrderEvents,
  listWorkOrderSessions,
  readSessionOutput,
} from '../../contract/operations/work-orders.ts';
import { createPrinter } from '../terminal/printer.ts';
import { followWork } from './print-work.ts';

test('R-PROJ-10: fear: Ctrl-C while an agent prints ends as a bug of Moose', async () => {
  const stop = new AbortController();
  const session = { id: 's1', name: 'agent', ended_at: null };
  let looks = 0;
  const answers = new Map<Operation, () => unknown>([
    [listWorkOrderSessions, () => ({ items: [session] })],
    [
      listWorkOrderEvents,
      () =>
        new Promise((_resolve, reject) =>
          // The events end a moment after the output, as over a network.
          stop.signal.addEventListener('abort', () => setTimeout(() => reject(stop.signal.reason), 50)),
        ),
    ],
    [
      readSessionOutput,
      () => {
        looks += 1;
        return { text: '', next_offset: 0, size: 0, is_over: false };
      },
    ],
  ]);
  const ask = (async (operation: Operation) => answers.get(operation)?.()) as unknown as Ask;
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    const printer = createPrinter(true);
    const following = followWork(ask, printer, { id: 'w1' }, { signal: stop.signal, afterId: '0' });
    await vi.waitFor(() => expect(looks).toBeGreaterThan(0));
    stop.abort(new DOMException('Stopped by a signal', 'AbortError'));
    await expect(following).rejects.toBe(stop.signal.reason);
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
