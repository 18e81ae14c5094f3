// Whether the work can be done at all: a missing agent or a model without a key is reported at submission, not when the
// work order starts (R-SES-4).
import { hostname } from 'node:os';
import { type MooseError, PermanentError } from '../../domain/failure.ts';
import { asSentence } from '../../domain/sentence.ts';
import type { Database } from '../../store/database.ts';
import { otherProcesses } from '../../store/work/executors.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { KnownNames } from './refuse-unknown.ts';

export interface Wish {
  agent?: string | undefined;
  model?: string | undefined;
}

/**
 * Returns warnings instead if another running process may have what this one lacks.
 * @throws PermanentError with the code of what is missing, if no other process could do the work
 */
export async function refuseLacking(
  {
    database,
    known,
    settings,
  }: { database: Database; known: KnownNames; settings?: { readonly current: EngineSettings } | undefined },
  wish: Wish,
): Promise<string[]> {
  const lack = settings && (await known.lacks?.(wish, settings.current));
  if (!lack) return [];
  const others = await database.run((query) => otherProcesses(query, { host: hostname(), pid: process.pid }));
  if (others === 0) throw refused(lack);
  const who =
    others === 1 ? 'another running Moose process has' : `one of ${others} other running Moose processes has`;
  return [
    `${asSentence(lack.message)} It works only if ${who} what is missing here. ${lack.advice ?? ''}`.trim(),
  ];
}

/** Nothing is stored: the same submission works once the missing thing is available. */
function refused({ code, message, advice = '', failureClass }: MooseError): PermanentError {
  return new PermanentError({
    code,
    advice,
    failureClass,
    component: 'intake',
    operation: 'submit',
    message: `${asSentence(message)} Nothing was submitted.`,
  });
}
