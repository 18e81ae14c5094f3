// Shows what Moose may do in a forge's repositories, and what is missing.

import { CircleCheck, CircleHelp, CircleX } from 'lucide-react';
import { useEffect } from 'react';
import type { ForgeCheck } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Words } from '../../parts/words.tsx';
import { useCheckForge } from './use-forges.ts';

export function CheckForge({ host, onClose }: { host: string; onClose(): void }) {
  const { mutate, data, error, isPending } = useCheckForge();
  useEffect(() => mutate(host), [mutate, host]);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Check of ${host}`}
      foot={<Button onClick={onClose}>Close</Button>}
    >
      {isPending ? <Loading what="the permissions" /> : null}
      {error ? <Failed error={error} onRetry={() => mutate(host)} /> : null}
      {data?.length === 0 ? (
        <Empty title="No project is on this forge yet">Add a project with a remote on this host.</Empty>
      ) : null}
      <ul className="flex flex-col gap-4">
        {data?.map((check) => (
          <OneCheck key={check.project} check={check} />
        ))}
      </ul>
    </Dialog>
  );
}

function OneCheck({ check }: { check: ForgeCheck }) {
  return (
    <li className="flex flex-col gap-2 [overflow-wrap:anywhere]">
      <p className="flex flex-wrap items-center gap-2 font-medium">
        <Words text={check.repository} />
        <Badge tone={check.ok ? 'good' : 'bad'}>{check.ok ? 'ready' : 'not ready'}</Badge>
        {check.login === null ? null : (
          <span className="text-[13px] font-normal text-quiet">
            as <Words text={check.login} />
          </span>
        )}
      </p>
      {check.problems.map(({ code, message, advice, is_fatal }) => (
        <p
          key={`${code} ${message}`}
          className={`rounded-md px-3 py-2 ${is_fatal ? 'bg-bad-soft text-bad' : 'bg-warn-soft text-warn'}`}
        >
          {message} {advice}
        </p>
      ))}
      <ul className="flex flex-col gap-1 text-[13px]">
        {check.rights.map((right) => (
          <Right key={right.name} right={right} />
        ))}
      </ul>
    </li>
  );
}

function Right({ right }: { right: ForgeCheck['rights'][number] }) {
  const look =
    right.is_given === null
      ? { Icon: CircleHelp, tone: 'text-quiet', words: 'unknown' }
      : right.is_given
        ? { Icon: CircleCheck, tone: 'text-good', words: 'granted' }
        : { Icon: CircleX, tone: 'text-bad', words: 'missing' };
  return (
    <li className="flex items-start gap-2">
      <look.Icon aria-label={look.words} size={16} className={`mt-0.5 shrink-0 ${look.tone}`} />
      <span>
        <code>{right.name}</code> {right.is_for}
      </span>
    </li>
  );
}
