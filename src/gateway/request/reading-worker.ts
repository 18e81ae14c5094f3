// The thread that reads large requests, so that calls of other sessions never wait for an expensive one.
import { parentPort, type Transferable } from 'node:worker_threads';
import { announceThread } from '../../stdx/async/thread-time.ts';
import { wires } from '../wire/wires.ts';
import { type Reading, type ReadingTask, readWhole } from './reading.ts';

export interface ReadingReply {
  reading: Reading;
  /** The request's bytes as received: they were transferred to the thread, and the gateway needs them again. */
  body: Uint8Array;
}

announceThread();
parentPort?.on('message', (task: ReadingTask) => {
  const wire = wires.get(task.wire);
  if (wire === undefined) throw new TypeError(`The gateway does not speak ${task.wire}.`);
  const body = Buffer.from(task.request.body.buffer, task.request.body.byteOffset, task.request.body.length);
  const reading = readWhole(wire, { ...task, request: { ...task.request, body } });
  const owned = new Set<Transferable>();
  if (isWholeBuffer(body)) owned.add(body.buffer as ArrayBuffer);
  if ('rendered' in reading && isWholeBuffer(reading.rendered.body)) {
    owned.add(reading.rendered.body.buffer as ArrayBuffer);
  }
  parentPort?.postMessage({ reading, body } satisfies ReadingReply, [...owned]);
});

/** A view of a larger buffer is copied instead of transferred: the rest of that buffer belongs to others. */
function isWholeBuffer(bytes: Buffer): boolean {
  return bytes.byteOffset === 0 && bytes.buffer.byteLength === bytes.length;
}
