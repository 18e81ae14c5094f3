// The actions that apply to a work order: one stands out, and the others are behind a button, the destructive ones last.
import { ChevronDown, MessageSquare } from 'lucide-react';
import { useId, useState } from 'react';
import type { ActView, WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { useMayAct } from '../escalations/use-me.ts';
import { ActDialog } from './act-dialog.tsx';
import { actNames, mainAct, otherActs } from './act-names.ts';
import { MessageDialog } from './message-dialog.tsx';
import { isAgentAtWork, useCanSend } from './use-can-send.ts';

export function ActsBar({ detail }: { detail: WorkOrderDetail }) {
  const mayAct = useMayAct();
  const canSend = useCanSend(detail);
  const othersId = useId();
  const [opened, setOpened] = useState<ActView['act']>();
  const [isWriting, setIsWriting] = useState(false);
  const [isMore, setIsMore] = useState(false);
  const main = mainAct(detail);
  const others = otherActs(detail, main);
  const act = detail.acts.find((each) => each.act === opened);
  if (!mayAct)
    return (
      <p className="text-[13px] text-quiet">You have view-only access. Actions require the operator role.</p>
    );
  // With an open question, its options are the main actions.
  const isMessageMain = main === undefined && canSend && detail.escalation_id === null;
  const message = canSend ? (
    <Button
      look={isMessageMain ? 'primary' : 'plain'}
      className="min-h-11 sm:min-h-9"
      onClick={() => setIsWriting(true)}
    >
      <MessageSquare aria-hidden size={15} />
      Send message
    </Button>
  ) : null;
  if (main === undefined && others.length === 0 && message === null) return null;
  return (
    <section aria-label="Actions" className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        {main ? <ActButton act={main} isMain onPress={() => setOpened(main.act)} /> : null}
        {isMessageMain ? message : null}
        {others.length > 0 || (message && !isMessageMain) ? (
          <Button
            className="min-h-11 sm:min-h-9"
            aria-expanded={isMore}
            aria-controls={othersId}
            onClick={() => setIsMore(!isMore)}
          >
            More actions <ChevronDown aria-hidden size={15} />
          </Button>
        ) : null}
      </div>
      <div id={othersId} hidden={!isMore} className={isMore ? 'flex flex-wrap gap-2' : ''}>
        {isMessageMain ? null : message}
        {others.map((each) => (
          <ActButton key={each.act} act={each} onPress={() => setOpened(each.act)} />
        ))}
      </div>
      {isWriting ? (
        <MessageDialog id={detail.id} isAtWork={isAgentAtWork(detail)} onClose={() => setIsWriting(false)} />
      ) : null}
      {act ? <ActDialog detail={detail} act={act} onClose={() => setOpened(undefined)} /> : null}
    </section>
  );
}

function ActButton({ act, isMain = false, onPress }: { act: ActView; isMain?: boolean; onPress(): void }) {
  const { verb, Icon } = actNames[act.act];
  const look = isMain ? 'primary' : act.is_destructive ? 'danger' : 'plain';
  return (
    <Button look={look} className="min-h-11 sm:min-h-9" onClick={onPress}>
      <Icon aria-hidden size={15} />
      {verb}
    </Button>
  );
}
