// What the model of a row answers, and what is done to the agent while it waits for an answer.
import { randomUUID } from 'node:crypto';
import { askedFile } from './judge.ts';
import type { MatrixRow } from './matrix.ts';
import type { Answer, Behaviour, ModelCall } from './provider.ts';
import { callShell, callToWrite, editInText } from './tool-call.ts';

/** What the next session of the agent knew, after the strike; null if it has not called yet. */
export interface AfterStrike {
  isContinued: boolean | null;
  isHeard: boolean | null;
}

export interface Script {
  behaviour: Behaviour;
  after: AfterStrike;
  /** Whether the agent offers its model no way to change a file. */
  isHelpless(): boolean;
}

interface Given {
  model: string;
  worktreePath(): string;
  /** Does what the row says, and returns once it is done. */
  strike(what: NonNullable<MatrixRow['strike']>['what'], message: string): Promise<void>;
}

const nothingToDo: Answer = { text: 'Nothing is to be done here: the work is done already.' };
const allDone: Answer = { text: `I have added ${askedFile}.` };
/** To a request without tools, such as one for a title. */
const aside: Answer = { text: 'Add a file' };

export function scriptOf(row: MatrixRow, given: Given): Script {
  const after: AfterStrike = { isContinued: null, isHeard: null };
  const { model } = row;
  if (typeof model === 'function') {
    const name = given.model.slice(given.model.indexOf('/') + 1);
    return {
      behaviour: { kind: 'fault', fault: (wire) => model(wire, name) },
      after,
      isHelpless: () => false,
    };
  }
  const mark = `certify-${randomUUID()}`;
  const message = `Keep in mind: ${mark}-message.`;
  let isHelpless = false;
  let phase: 'before' | 'striking' | 'after' = row.strike ? 'before' : 'after';

  const write = ({ tools, system }: ModelCall): Answer => {
    const call = callToWrite(tools, {
      worktreePath: given.worktreePath(),
      name: askedFile,
      text: 'certified',
    });
    if (call !== null) return { tool: call };
    const text = editInText(system, askedFile, 'certified');
    isHelpless = text === null;
    return text === null ? nothingToDo : { text };
  };
  const begin = (call: ModelCall): Answer => {
    const tool = callShell(call.tools, `echo ${mark}`);
    return tool === null ? write(call) : { tool };
  };
  const answer = async (call: ModelCall): Promise<Answer> => {
    if (!call.tools?.length && editInText(call.system, askedFile, '') === null) return aside;
    if (phase === 'striking') return 'never';
    if (phase === 'before' && row.strike) {
      if (call.turn < row.strike.atTurn) return begin(call);
      phase = 'striking';
      await given.strike(row.strike.what, message);
      phase = 'after';
      return 'never';
    }
    if (row.strike) {
      after.isContinued ??= row.strike.atTurn > 0 ? call.text.includes(mark) : null;
      after.isHeard ??= row.strike.what === 'message' ? call.text.includes(`${mark}-message`) : null;
    }
    if (model === 'looks') return nothingToDo;
    if (model === 'loops') return begin(call);
    return call.turn === 0 ? write(call) : allDone;
  };
  const { outputTokens } = row;
  return {
    behaviour: { kind: 'script', answer, ...(outputTokens === undefined ? {} : { outputTokens }) },
    after,
    isHelpless: () => isHelpless,
  };
}
