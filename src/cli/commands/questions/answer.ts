import type { Command } from 'commander';
import type { EscalationCard } from '../../../contract/contract.ts';
import { answerEscalation, showEscalation } from '../../../contract/operations/escalations.ts';
import { shortId } from '../../../domain/ids.ts';
import { raisesSystemLimit } from '../../../engine/questions/raise-limit-option.ts';
import type { CliContext } from '../../context.ts';
import { exitCodes } from '../../exit-codes.ts';
import { withMoose } from '../../input/flags.ts';
import { readText } from '../../input/read-text.ts';
import { cardLines } from '../../lines/escalation-lines.ts';
import { viewLines } from '../../lines/view-lines.ts';
import { newestEvent } from '../../remote/follow-events.ts';
import { confirmByPerson } from '../../terminal/confirm.ts';
import { paint } from '../../terminal/printer.ts';
import { waitForWorkOrder } from '../../wait-for-work-order.ts';

interface AnswerFlags {
  note?: string;
  always?: boolean;
  wait?: boolean;
}

export function addAnswer(program: Command, context: CliContext): void {
  program
    .command('answer <escalation> <option>')
    .description('answer a question with one of its options; Moose carries it out even if this process dies')
    .option('--note <text>', 'your instructions; @FILE reads them from a file')
    .option(
      '--always',
      'also apply this answer to later failures of this kind in the same project; for a shared question, in each of its projects',
    )
    .option('--wait', 'wait until its work order ends')
    .action(async (id: string, option: string, options: AnswerFlags, command: Command) =>
      withMoose(context, command, async (opened, printer) => {
        const { ask } = opened;
        const note = options.note === undefined ? undefined : await readText(options.note, context.signal);
        const { work_order: asked, options: offered } = await ask(showEscalation, { params: { id } });
        const chosen = offered.find((one) => one.id === option);
        if (chosen && raisesSystemLimit(option)) await confirmByPerson(chosen.label, context.signal);
        const told = asked === null ? '0' : (await newestEvent(ask, asked)).newest_id;
        const answered = await ask(answerEscalation, {
          params: { id },
          body: { option, note, always: options.always },
        });
        const { work_order } = answered;
        if (!options.wait || !work_order) {
          const lines = cardLines(answered, new Date());
          return printer.print(answered, () => [...lines, ...nextLines(answered.work_order?.id, options)]);
        }
        const settled = await waitForWorkOrder(context, opened, printer, work_order, told);
        printer.print(settled, () => viewLines(settled));
        process.exitCode = settled.status === wantedStatus(answered) ? exitCodes.done : exitCodes.needsReview;
      }),
    );
}

/**
 * The status that the chosen option leads to. After a failed undo, the work order may still be completed, which is not
 * what was chosen.
 */
function wantedStatus({ options, chosen_option }: EscalationCard): string {
  const kind = options.find(({ id }) => id === chosen_option)?.kind;
  return kind === 'undo' || kind === 'cancel' ? 'cancelled' : 'completed';
}

function nextLines(workOrderId: string | undefined, { always }: AnswerFlags): string[] {
  return [
    ...(workOrderId
      ? ['', `  ${paint('gray', `follow it: \`moose logs ${shortId(workOrderId)} -f\``)}`]
      : []),
    ...(always ? [`  ${paint('gray', 'it applies from now on: `moose config answers`')}`] : []),
  ];
}
