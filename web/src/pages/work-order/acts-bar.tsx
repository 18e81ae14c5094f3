// The actions on a work order, available ones first. Unavailable ones show and announce the reason.
import { MessageSquare } from 'lucide-react';
import { useId, useState } from 'react';
import type { ActView, WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { useMayAct } from '../escalations/use-me.ts';
import { ActDialog } from './act-dialog.tsx';
import { actNames, mainAct } from './act-names.ts';
import { MessageDialog } from './message-dialog.tsx';
import { isAgentAtWork, useCanSend } from './use-can-send.ts';

export function ActsBar({ detail }: { detail: WorkOrderDetail }) {
  const mayAct = useMayAct();
  const [opened, setOpened] = useState<ActView['act']>();
  const [told, setTold] = useState<ActView>();
  const canSend = useCanSend(detail);
  const [isWriting, setIsWriting] = useState(false);
  const acts = mayAct ? detail.acts : detail.acts.map(forbidden);
  const ordered = [...acts].sort((a, b) => Number(b.is_possible) - Number(a.is_possible));
  // With an open question, its options are the main actions.
  const main = detail.escalation_id ? undefined : mainAct(acts);
  const act = detail.acts.find((each) => each.act === opened);
  if (ordered.length === 0) return null;
  return (
    <section aria-label="Actions" className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        {ordered.map((each) => (
          <ActButton
            key={each.act}
            act={each}
            isMain={each.act === main}
            onPress={() => (each.is_possible ? setOpened(each.act) : setTold(each))}
          />
        ))}
        {canSend ? (
          <Button className="min-h-11 sm:min-h-9" onClick={() => setIsWriting(true)}>
            <MessageSquare aria-hidden size={15} />
            Send message
          </Button>
        ) : null}
      </div>
      <p role="status" className="text-[13px] text-quiet empty:hidden">
        {told && !told.is_possible
          ? `${actNames[told.act].verb}: ${told.why_not ?? 'not available now.'}`
          : ''}
      </p>
      {isWriting ? (
        <MessageDialog id={detail.id} isAtWork={isAgentAtWork(detail)} onClose={() => setIsWriting(false)} />
      ) : null}
      {act ? <ActDialog detail={detail} act={act} onClose={() => setOpened(undefined)} /> : null}
    </section>
  );
}

const forbidden = (act: ActView): ActView => ({
  ...act,
  is_possible: false,
  why_not: 'You have view-only access. Actions require the operator role.',
});

function ActButton({ act, isMain, onPress }: { act: ActView; isMain: boolean; onPress(): void }) {
  const whyNotId = useId();
  const { verb, Icon } = actNames[act.act];
  const look = isMain ? 'primary' : act.is_destructive && act.is_possible ? 'danger' : 'plain';
  return (
    <>
      <Button
        look={look}
        className="min-h-11 sm:min-h-9"
        onClick={onPress}
        {...(act.is_possible
          ? {}
          : {
              'aria-disabled': true,
              'aria-describedby': whyNotId,
              title: act.why_not ?? '',
              style: { opacity: 0.6, cursor: 'not-allowed' },
            })}
      >
        <Icon aria-hidden size={15} />
        {verb}
      </Button>
      {act.is_possible ? null : (
        <span id={whyNotId} hidden>
          {act.why_not}
        </span>
      )}
    </>
  );
}
