// A run that undoes: closes the pull request, deletes the branches, removes the worktree, and cancels the work order.
import { type MooseError, PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { openEscalation } from '../../store/decisions.ts';
import { updateRun } from '../../store/runs.ts';
import { toJson } from '../../store/storable.ts';
import { changeWorkOrder } from '../../store/work-orders.ts';
import { undoEffects } from '../effects/undo-effects.ts';
import { fenced, type Work } from './work.ts';

export async function undoRun(work: Work): Promise<void> {
  const failures = await undoEffects(work);
  const [first] = failures;
  await (first ? endUndoFailed(work, first, failures) : endUndone(work));
}

async function endUndone(work: Work): Promise<void> {
  await fenced(work, async (query) => {
    await updateRun(query, work.run.id, { state: 'ended', outcome: 'undone', endedAt: work.clock.now() });
    await changeWorkOrder(
      query,
      work.order.id,
      {},
      {
        status: 'cancelled',
        stepState: 'done',
        finishedAt: work.clock.now(),
        changedBy: work.actor,
        changedBecause: 'everything was undone',
      },
    );
  });
}

async function endUndoFailed(work: Work, first: MooseError, failures: readonly MooseError[]): Promise<void> {
  const id = shortId(work.order.id);
  const failure = new PermanentError({
    code: 'UNDO_INCOMPLETE',
    component: 'effects',
    operation: 'undo',
    workOrderId: work.order.id,
    message: `${failures.length} of its effects could not be undone: ${first.message}`,
    advice: `\`moose undo ${id} --plan\` shows what is left; mend it by hand, then \`moose undo ${id}\` again.`,
    severity: 'high',
    cause: first,
  });
  await fenced(work, async (query) => {
    await openEscalation(query, {
      workOrderId: work.order.id,
      failureClass: failure.failureClass,
      title: failure.message,
      context: { code: failure.code, failures: failures.map(({ message, code }) => ({ code, message })) },
      options: [{ id: 'undo', label: 'Undo what is left', command: `moose undo ${id}` }],
      recommendedOption: 'undo',
    });
    await updateRun(query, work.run.id, { state: 'ended', outcome: failure.code, endedAt: work.clock.now() });
    await changeWorkOrder(
      query,
      work.order.id,
      {},
      {
        stepState: work.order.status === 'completed' ? 'done' : 'manual_intervention_required',
        failure: toJson({ code: failure.code, message: failure.message, advice: failure.advice ?? '' }),
        changedBy: work.actor,
        changedBecause: failure.message,
      },
    );
  });
}
