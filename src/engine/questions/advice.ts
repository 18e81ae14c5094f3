// What a person can do about a failure that ended a run: its own advice, and the command of the recommended answer.
// Pure.
import { shortId, type WorkOrderId } from '../../domain/ids.ts';
import { asSentence } from '../../domain/sentence.ts';

/** Commands that advice may contain with the placeholder `ID`, which stands for the work order. */
const commandsWithId = ['retry', 'logs'] as const;

export function adviceFor(advice = '', orderId: WorkOrderId, command?: string): string {
  const filledIn = commandsWithId.reduce(
    (text, each) => text.replaceAll(`\`moose ${each} ID`, `\`moose ${each} ${shortId(orderId)}`),
    advice,
  );
  const answer = command === undefined ? '' : `Answer with \`${command}\`.`;
  return [asSentence(filledIn), answer].filter(Boolean).join(' ');
}
