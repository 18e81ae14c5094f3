// Reads the applier's own report from its output.

import type { SessionEnd } from '../../domain/machine/session.ts';
import type { Agent, AgentReport } from '../../engine/ports/agent.ts';
import { isJsonObject, type JsonEvent, readJsonLines } from '../json-lines.ts';
import { reportNoResult } from '../no-result.ts';
import type { Refusal } from './apply-edits.ts';
import { describe, problemFailure, refusalFailure } from './failures.ts';

/** The applier calls no model: its cost is known to be zero, not unknown. */
const spentNothing = { costNanoUsd: 0n, modelCalls: 0, inputTokens: 0, outputTokens: 0 } as const;

export async function reportPatch(
  files: Parameters<Agent['report']>[0],
  end: SessionEnd,
): Promise<AgentReport> {
  let result: JsonEvent | null = null;
  for await (const event of readJsonLines(files.stdoutPath)) if (event.type === 'result') result = event;
  const report = result === null ? null : readResult(result);
  return { ...(report ?? (await reportNoResult('The built-in applier', files, end))), ...spentNothing };
}

type Word = Pick<AgentReport, 'finalEvent' | 'summary' | 'failure'>;

/** Null for a result that this version does not understand. */
function readResult(result: JsonEvent): Word | null {
  switch (result.outcome) {
    case 'applied': {
      const count = Array.isArray(result.changedFiles) ? result.changedFiles.length : 0;
      return {
        finalEvent: 'success',
        summary: `Applied the proposal to ${count} ${count === 1 ? 'file' : 'files'}.`,
        failure: null,
      };
    }
    case 'refused': {
      const refusals = Array.isArray(result.refusals) ? result.refusals.filter(isRefusal) : [];
      return { finalEvent: 'refused', summary: describe(refusals), failure: refusalFailure(refusals) };
    }
    case 'failed': {
      const { code, message } = isJsonObject(result.problem) ? result.problem : {};
      const failure = problemFailure(String(code), String(message));
      return { finalEvent: 'failure', summary: failure.message, failure };
    }
    default:
      return null;
  }
}

function isRefusal(value: unknown): value is Refusal {
  return isJsonObject(value) && typeof value.path === 'string' && typeof value.reason === 'string';
}
