// How a program inside a session asks Moose for something: it puts a file into one folder, and Moose answers with a file of
// the same name in another one, which the session can only read. Whatever a session writes there is only a request.
import { join } from 'node:path';
import { z } from 'zod';
import { subtaskLimits } from '../../domain/work-order/subtask.ts';

export interface ExchangeFolders {
  /** The session may write it. */
  asked: string;
  /** Only Moose writes it, where the machine can hide files. */
  answered: string;
}

export function exchangeFoldersIn(sessionDirectory: string): ExchangeFolders {
  return { asked: join(sessionDirectory, 'asked'), answered: join(sessionDirectory, 'answered') };
}

/** The name of a request and of its answer. */
export const requestName = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json$/;
export const requestBytesMax = 64 * 1024;

export const sessionRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('request_subtask'),
    title: z.string().trim().min(1).max(subtaskLimits.titleCharsMax),
    instructions: z.string().max(subtaskLimits.instructionsCharsMax),
    limit_usd: z.number().positive().max(1_000_000).optional(),
  }),
  z.strictObject({ kind: z.literal('list_subtasks') }),
]);
export type SessionRequest = z.infer<typeof sessionRequestSchema>;

export const sessionAnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), result: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal('refused'), code: z.string(), message: z.string(), advice: z.string() }),
]);
export type SessionAnswer = z.infer<typeof sessionAnswerSchema>;
