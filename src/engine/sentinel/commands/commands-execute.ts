// Carries out commands in comments, each once: the command's effect and its record are committed together, and the
// answer follows. An answer that is written twice replaces itself.
import { ConfigurationError, isMooseError, PermanentError } from '../../../domain/failure.ts';
import { foreignText } from '../../../domain/forge/forge-text.ts';
import { shortId } from '../../../domain/ids.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { Query } from '../../../store/database.ts';
import { moveRemark, type RemarkRow, remarksOf } from '../../../store/work/pull-requests/remarks.ts';
import { lockWorkOrder, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { audited } from '../../access/audited.ts';
import { cancelIn } from '../../commands/cancel.ts';
import { sendIn } from '../../commands/send.ts';
import { retryIn } from '../../commands/start-run.ts';
import { resolveQuestion } from '../../questions/resolve-question.ts';
import { actorOf, askForge, hasAnswered, type RemarksContext } from '../remarks/remarks-deps.ts';
import { explain } from './commands-explain.ts';
import { commandHelp, type ForgeCommand } from './commands-read.ts';

export async function executeCommand(
  context: RemarksContext,
  remark: RemarkRow,
  command: ForgeCommand,
): Promise<void> {
  const { database, order, settings, signal, reached } = context;
  const by = actorOf(remark, settings.forge_programs);
  const done = () =>
    database.transaction(async (query) => {
      // A command that another look has carried out is not repeated.
      if (!(await claim(query, remark, 'Moose is carrying it out.'))) return;
      const because = await act(query, context, command, by);
      await moveRemark(query, remark, 'command', { because });
    }, signal);
  try {
    const { name } = command;
    const detail = { ...(command.text ? { note: command.text } : {}), from: remark.host };
    const isChange = name === 'retry' || name === 'stop';
    const entry = { by, act: `work_order.${name}`, subject: order.id, detail };
    await (isChange ? audited(database, entry, signal, done) : done());
  } catch (cause) {
    const isRefusal = cause instanceof PermanentError || cause instanceof ConfigurationError;
    if (!isRefusal || !isMooseError(cause)) throw cause;
    const because = asSentence(cause.message);
    await database.run((query) => claim(query, remark, because), signal);
  }
  reached('remarks:command');
  await answerCommands(context);
}

function claim(query: Query, remark: RemarkRow, because: string): Promise<boolean> {
  return moveRemark(query, remark, 'new', { state: 'command', mayWrite: true, because });
}

/** Answers commands that were carried out, even if the process that did so died before answering. */
export async function answerCommands(context: RemarksContext): Promise<void> {
  const { database, forge, row, signal, reached } = context;
  const done = await database.run((query) => remarksOf(query, row, ['command']), signal);
  for (const remark of done) {
    const saying = { number: row.number, text: remark.because ?? '', key: `command:${remark.key}` };
    const answer = () => askForge(context, 'comment', () => forge.say(saying, signal));
    if (!(await hasAnswered(context, answer))) continue;
    reached('remarks:command-told');
    await database.run((query) => moveRemark(query, remark, 'command', { state: 'answered' }), signal);
  }
}

/** Returns the answer. @throws PermanentError if the state of the work order does not allow it */
async function act(
  query: Query,
  context: RemarksContext,
  { name, text }: ForgeCommand,
  by: string,
): Promise<string> {
  const order = await lockWorkOrder(query, context.order.id);
  const id = shortId(order.id);
  switch (name) {
    case 'help':
      return commandHelp;
    case null:
      return `Moose has no such command.\n\n${commandHelp}`;
    case 'explain':
      return explain(query, order, context.row);
    case 'stop': {
      const what = await cancelIn(query, context, order, by);
      await resolveQuestion(query, order.id, { option: 'cancel', by });
      return what === 'cancelled'
        ? `Work order ${id} is cancelled. The branch and this pull request stay.`
        : `Work order ${id} stops within seconds. The branch and this pull request stay.`;
    }
    case 'retry':
      return retry(query, context, order, text, by);
  }
}

async function retry(
  query: Query,
  context: RemarksContext,
  order: WorkOrder,
  note: string,
  by: string,
): Promise<string> {
  const id = shortId(order.id);
  if (order.status === 'completed') return overText(order);
  if (order.status === 'in_progress') {
    if (note !== '') {
      const reading = await sendIn(query, context, order.id, [{ text: note }], by);
      return `Work order ${id} received this as a message${reading === 'next_run' ? ' and will read it when it runs again' : ' and is working on it'}.`;
    }
    if (order.step === 'awaiting_ci')
      return `Work order ${id} is waiting for the checks of this pull request, and nothing has failed. To change something, write \`/moose retry\` and what should be different.`;
  }
  const from: Step = note !== '' ? 'generating' : resumable(order.step);
  await retryIn(query, context, order, { from, ...(note === '' ? {} : { note }) }, by);
  await resolveQuestion(query, order.id, { option: 'retry', by });
  return `Work order ${id} runs again from ${from}${note === '' ? '' : ', with your text'}.`;
}

/** No step runs while CI runs: a change that CI rejected is generated again. */
function resumable(step: Step | null): Step {
  return step === 'awaiting_ci' ? 'generating' : (step ?? 'routing');
}

function overText(order: WorkOrder): string {
  return `Work order ${shortId(order.id)} (${foreignText(order.title)}) is completed and will not run again. Request changes in a review or comment on lines, and a new work order will make them.`;
}
