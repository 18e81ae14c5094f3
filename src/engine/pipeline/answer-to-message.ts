// A message may only ask something, or demand what is already so: the agent then answers without changing anything.
import { storableText } from '../../store/storable.ts';
import { recordEvent } from '../../store/work/work-orders.ts';
import type { ApplyingResult, GeneratingResult, RoutingResult } from '../run/step-results.ts';
import type { StepEnd, Work } from '../run/work.ts';

/** Null unless this cycle began because of a message, and there is a change to continue with. */
export function answerTo(
  { order, run }: Work,
  told: { routed: RoutingResult; generated: GeneratingResult; parentSha: string },
  result: ApplyingResult,
): StepEnd | null {
  const { routed, generated, parentSha } = told;
  // A cycle that repairs a failure has that failure in its settings.
  const { failure, isForMessages = false } = run.settings;
  const isForMessage = (run.cycle > 0 || isForMessages) && failure === undefined;
  if (!isForMessage || parentSha === routed.baseSha) return null;
  const answer = generated.proposal?.plan ?? result.summary;
  return {
    end: 'done',
    result: { ...result, outcome: 'changed', isAnswer: true } satisfies ApplyingResult,
    also: async (query) => {
      await recordEvent(query, {
        workOrderId: order.id,
        kind: 'message.answered',
        actor: result.agent,
        reason: storableText(answer) || 'changed nothing, and said nothing',
      });
    },
  };
}
