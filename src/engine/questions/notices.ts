// The notices about a question: asked, still open, answered.

import { shortId } from '../../domain/ids.ts';
import type { EscalationOption } from '../../domain/people/escalation.ts';
import { withoutCodeMarks } from '../../domain/text/code-marks.ts';
import { asSentence } from '../../domain/text/sentence.ts';
import type { Query } from '../../store/database.ts';
import type { Escalation } from '../../store/failures/escalations.ts';
import { notifyChannels } from '../background/notify/notify-channels.ts';
import { enqueueNotice } from '../errors/outbox/enqueue-notice.ts';
import type { Notice } from '../ports/notifier.ts';

type Told = Pick<
  Escalation,
  | 'id'
  | 'title'
  | 'context'
  | 'severity'
  | 'failureClass'
  | 'code'
  | 'recommendedOption'
  | 'workOrderId'
  | 'owner'
> & { options: readonly EscalationOption[] };

export function noticeOpened(query: Query, escalation: Told): Promise<void> {
  return notifyChannels(query, {
    kind: 'escalation.opened',
    subjectId: escalation.id,
    payload: asked(escalation, escalation.title),
    to: toPeople(escalation),
  });
}

/** The question has another owner than before. */
export function noticeOwner(query: Query, escalation: Escalation): Promise<void> {
  return notifyChannels(query, {
    kind: 'escalation.owner',
    subjectId: escalation.id,
    key: String(escalation.owners.length),
    payload: asked(escalation, `For ${escalation.owner}: ${escalation.title}`),
    to: toPeople(escalation),
  });
}

/** `number`: 1 for the first reminder. */
export function noticeReminder(
  query: Query,
  escalation: Told,
  number: number,
  hours: number,
): Promise<number> {
  return enqueueNotice(query, {
    kind: 'escalation.reminder',
    subjectId: escalation.id,
    key: String(number),
    payload: asked(escalation, `Still open after ${hours} h: ${escalation.title}`),
    to: toPeople(escalation),
  });
}

export function noticeResolved(query: Query, escalation: Escalation): Promise<void> {
  const { id, title, severity, status, chosenOption, resolvedBy, note } = escalation;
  const label = escalation.options.find((option) => option.id === chosenOption)?.label ?? chosenOption;
  const text =
    status === 'withdrawn'
      ? 'No answer is needed: the cause is gone.'
      : `${resolvedBy ?? 'Moose'} chose: ${label}.${note ? ` ${note}` : ''}`;
  return notifyChannels(query, {
    kind: 'escalation.resolved',
    subjectId: id,
    payload: { title: `Answered: ${withoutCodeMarks(title)}`, text, severity, path: pathOf(id) },
  });
}

function asked(escalation: Told, title: string): Notice {
  const { id, context, severity, failureClass, code, options, recommendedOption, workOrderId, owner } =
    escalation;
  const said = (name: string) => (typeof context[name] === 'string' ? asSentence(context[name]) : '');
  const facts = [
    { name: 'Owner', value: owner ?? '' },
    { name: 'Work order', value: workOrderId ? shortId(workOrderId) : '' },
    { name: 'Step', value: typeof context.step === 'string' ? context.step : '' },
    { name: 'Failure', value: [failureClass, code].filter(Boolean).join(' · ') },
  ];
  return {
    title: withoutCodeMarks(title),
    text: [said('because'), said('advice')].filter(Boolean).join(' '),
    severity,
    facts: facts.filter(({ value }) => value !== ''),
    options,
    recommended: recommendedOption,
    path: pathOf(id),
  };
}

/** Whoever is expected to answer, and whoever asked for the work. */
const toPeople = ({ owner, workOrderId }: Told) => ({ person: owner, workOrderId });

const pathOf = (id: string) => `/escalations/${id}`;
