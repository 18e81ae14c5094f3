// Puts a witness beside an agent: a program that starts it inside its session, and records how it behaves there.
import { join } from 'node:path';
import { z } from 'zod';
import { parseJsonLine } from '../../agents/json-lines.ts';
import type { Agent } from '../../engine/ports/agent.ts';
import { ownFolder } from '../../sessions/isolation/session-view.ts';
import { readSmallFile } from '../../sessions/read-small-file.ts';
import { ownProgram } from '../../stdx/files/own-files.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { type Act, actName, doneName, type Testimony, testimonyName } from './witness-files.ts';

const programPath = ownProgram('app/certify/witness-program');

/** The same agent; each of its sessions has a witness. */
export function withWitness(agent: Agent): Agent {
  return {
    ...agent,
    prepare: async (task) => {
      const command = await agent.prepare(task);
      const argv = [
        process.execPath,
        '--no-warnings',
        programPath,
        task.sessionPath,
        ...command.argv,
      ] as const;
      return { ...command, argv };
    },
  };
}

/** An agent may have put something else there: then nothing is written, and nothing is done. */
export async function tellWitness(sessionDirectory: string, act: Act): Promise<void> {
  await writePassing(join(sessionDirectory, ownFolder, actName), act, { flag: 'wx' });
}

export function hasWitnessActed(sessionDirectory: string): boolean {
  return readSmallFile(join(sessionDirectory, ownFolder, doneName)) !== null;
}

const testimonySchema = z.object({
  left: z.array(z.string()),
  endedAfterTermMs: z.number().nullable(),
  otherAddresses: z.number(),
});

/** Null if the witness was killed too, or if the agent has written something else in its place. */
export function testimonyOf(sessionDirectory: string): Testimony | null {
  const text = readSmallFile(join(sessionDirectory, ownFolder, testimonyName));
  return testimonySchema.safeParse(text === null ? null : parseJsonLine(text)).data ?? null;
}
