import type { EngineName, QueueEngine } from './engine.ts';

/** Loads only this one, so that its memory and its start can be measured. */
export async function loadEngine(name: EngineName): Promise<QueueEngine> {
  if (name === 'dbos') return (await import('./dbos.ts')).dbos;
  if (name === 'pg-boss') return (await import('./pg-boss.ts')).pgBoss;
  return (await import('./graphile-worker.ts')).graphileWorker;
}
