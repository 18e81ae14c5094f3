// The thread that reads large requests: whatever one costs to read, calls of other sessions do not wait for it.
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, type Transferable } from 'node:worker_threads';
import { type Reading, type ReadingTask, readWhole } from './reading.ts';
import { wires } from './wire/wires.ts';

export interface ReadingReply {
  reading: Reading;
  /** As it came: it was handed over, and is needed again. */
  body: Uint8Array;
}

/** Calls that are under way go before those that are still being read. */
const niceness = 10;

function giveWay(): void {
  try {
    const thread = /\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0];
    if (thread !== undefined) setPriority(Number(thread), niceness);
  } catch {
    // Another system than Linux, or one that forbids it: all threads are alike then.
  }
}

giveWay();
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

/** A part of a larger one is copied instead: the rest belongs to others. */
function isWholeBuffer(bytes: Buffer): boolean {
  return bytes.byteOffset === 0 && bytes.buffer.byteLength === bytes.length;
}
