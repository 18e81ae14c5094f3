// Which commands can be the agent of a work order (R-AGENT-2). Pure.
import { redact } from '../../../domain/text/redact.ts';
import { workOrderLimits } from '../../../domain/work-order/work-order.ts';
import { commandFailures } from '../failure-catalogue.ts';
import type { Submission } from './submission.ts';

/** @throws PermanentError `COMMAND_INVALID`, `SECRET_IN_COMMAND` */
export function refuseCommand(submission: Submission): void {
  const { command } = submission;
  if (command === undefined) return;
  const problem = problemOf(command) ?? besides(submission);
  if (problem !== undefined) throw commandFailures.COMMAND_INVALID('submit', { problem });
  // A command must be stored unchanged so that it can run, but a secret must not be stored.
  if (redact(command) === command) return;
  throw commandFailures.SECRET_IN_COMMAND('submit', { command: redact(command) });
}

function problemOf(command: string): string | undefined {
  const { commandCharsMax } = workOrderLimits;
  if (command.trim() === '') return 'The command is empty.';
  if (command.includes('\0')) return 'The command contains a NUL character.';
  if (command.length > commandCharsMax)
    return `The command has ${command.length} characters; the limit is ${commandCharsMax}.`;
  return undefined;
}

/** Options that choose who works, which a command has already answered. */
function besides(given: Submission): string | undefined {
  const { agent, model, agents = [], models = [], bestOf, alsoIn = [] } = given;
  const others = [
    { word: 'an agent', isGiven: Boolean(agent) || agents.length > 0 },
    { word: 'a model', isGiven: Boolean(model) || models.length > 0 },
    { word: 'several candidates', isGiven: bestOf !== undefined },
    { word: 'more repositories', isGiven: alsoIn.length > 0 },
  ];
  const [first] = others.filter(({ isGiven }) => isGiven);
  return first && `A command makes the change itself, so it cannot be combined with ${first.word}.`;
}
