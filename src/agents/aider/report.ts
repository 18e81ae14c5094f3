// Reads how Aider ended from the record of our own wrapper program. Aider's exit code says nothing, and its output
// contains text of its model, which can be anything.

import { join } from 'node:path';
import type { SessionEnd } from '../../domain/machine/session.ts';
import type { Agent, AgentReport } from '../../engine/ports/agent.ts';
import { readIfThere } from '../home-files.ts';
import { type JsonEvent, parseJsonLine } from '../json-lines.ts';
import { reportNoResult } from '../no-result.ts';
import { saidFailure, saidSuccess } from '../own-word.ts';
import { answersIn, failureOf } from './ending.ts';
import { endFileName } from './prepare.ts';
import { aiderProgram } from './program.ts';

export async function reportAider(
  files: Parameters<Agent['report']>[0],
  end: SessionEnd,
): Promise<AgentReport> {
  const { title } = aiderProgram;
  const written = await readIfThere(join(files.sessionPath, endFileName));
  const ending = written === null ? null : parseJsonLine(written);
  if (ending === null) return await reportNoResult(title, files, end);
  const count = { modelCalls: answersIn(ending) };
  const failure = failureOf(ending);
  if (failure !== null) return saidFailure({ agent: 'aider', title, ...failure }, count);
  return saidSuccess(summaryOf(ending), count);
}

/** The text of the model's answer without its edits. */
function summaryOf({ said }: JsonEvent): string {
  return typeof said === 'string' ? said.replaceAll(editBlock, '').trim() : '';
}

/** An edit: the file's name, a fence, and the two versions. */
const editBlock = /^[^\n]*\n```[^\n]*\n<<<<<<< SEARCH\n[\s\S]*?>>>>>>> REPLACE\n```\n?/gm;
