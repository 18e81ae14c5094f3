import { useState } from 'react';
import type { EscalationCard, OptionCard } from '../../../../src/contract/contract.ts';
import { Failed } from '../../parts/states.tsx';
import { Words } from '../../parts/words.tsx';
import { useMe } from '../../shell/me.ts';
import { AnswerDialog } from './answer-dialog.tsx';
import { asksFirst, canBeAlways, inOrder } from './describe-option.ts';
import { OptionButton } from './option-button.tsx';
import { useAnswer } from './use-answer.ts';
import { useMayAct } from './use-me.ts';

export function AnswerOptions({ card }: { card: EscalationCard }) {
  const mayAct = useMayAct();
  const { me } = useMe();
  const [always, setAlways] = useState(false);
  const [asked, setAsked] = useState<OptionCard>();
  const answer = useAnswer(card);
  const options = inOrder(card.options);
  const canHold = card.code !== null && card.group_key === null && options.some(canBeAlways);
  const send = (option: OptionCard, note: string) => {
    setAsked(undefined);
    answer.mutate({ option: option.id, note, always: always && canBeAlways(option) });
  };
  const whyNot = (option: OptionCard) => {
    if (!mayAct) return 'You have view-only access. Answering requires the operator role.';
    if (option.kind === 'accept_contract' && !me.is_person)
      return 'Only a person can accept that a contract changes, not a program.';
    if (option.kind === 'asked' && !me.is_person)
      return 'Only a person can say that this was asked, not a program.';
    return always && !canBeAlways(option)
      ? 'This option applies to one work order only. It cannot be applied automatically.'
      : null;
  };
  return (
    <div className="flex flex-col gap-2" aria-busy={answer.isPending}>
      {options.map((option, index) => (
        <OptionButton
          key={option.id}
          option={option}
          number={index + 1}
          isBusy={answer.isPending}
          whyNot={whyNot(option)}
          onChoose={() => (asksFirst(option) ? setAsked(option) : send(option, ''))}
        />
      ))}
      {canHold && mayAct ? <AlwaysBox card={card} isOn={always} onChange={setAlways} /> : null}
      {answer.isPending ? (
        <p role="status" className="text-quiet">
          Sending your answer …
        </p>
      ) : null}
      {answer.isError ? <Failed error={answer.error} /> : null}
      {asked ? (
        <AnswerDialog
          option={asked}
          onClose={() => setAsked(undefined)}
          onAnswer={(note) => send(asked, note)}
        />
      ) : null}
    </div>
  );
}

function AlwaysBox({
  card,
  isOn,
  onChange,
}: {
  card: EscalationCard;
  isOn: boolean;
  onChange(isOn: boolean): void;
}) {
  return (
    <label className="flex min-h-11 cursor-pointer items-start gap-2.5 py-2">
      <input
        type="checkbox"
        className="mt-0.5 h-5 w-5 shrink-0 accent-(--accent)"
        checked={isOn}
        onChange={(change) => onChange(change.target.checked)}
      />
      <span>
        Always apply this answer to the same failure{' '}
        {card.work_order ? (
          <>
            in <Words text={card.work_order.project} />
          </>
        ) : (
          'in the projects of these work orders'
        )}
        <span className="block text-[13px] text-quiet">
          Moose will answer every <code>{card.code}</code> this way without asking. You can revoke this in
          Settings, under Policies.
        </span>
      </span>
    </label>
  );
}
