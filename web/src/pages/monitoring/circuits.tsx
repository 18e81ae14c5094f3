// Who is left alone because calls to it fail; each act says first what it does.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Circuit } from '../../../../src/api/contract.ts';
import { call } from '../../api/call.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty, Failed } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago, ago } from '../../parts/time.tsx';
import { nameOfActor } from '../work-order/name-of-actor.ts';
import { Words } from '../work-order/words.tsx';
import { Answered } from './answered.tsx';
import { useWhyNot } from './may-act.ts';
import { useCircuits } from './queries.ts';
import { many } from './words.ts';

type Act = 'reset' | 'open';
interface Chosen {
  circuit: Circuit;
  act: Act;
}
const rank = { open: 0, half_open: 1, closed: 2 } as const;

export function CircuitsCard() {
  const circuits = useCircuits();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const whyNot = useWhyNot();
  return (
    <Card title="Circuits" isFlush>
      <Answered query={circuits} what="the circuits">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No circuit has ever opened">
              Where calls to a provider, a model or a forge keep failing, Moose leaves it alone for a while,
              and says so here.
            </Empty>
          ) : (
            <ul className="divide-y divide-line">
              {items
                .toSorted((one, other) => rank[one.phase] - rank[other.phase])
                .map((circuit) => (
                  <CircuitLine
                    key={circuit.key}
                    circuit={circuit}
                    onAct={whyNot === null ? (act) => setChosen({ circuit, act }) : null}
                  />
                ))}
            </ul>
          )
        }
      </Answered>
      {whyNot ? <p className="border-t border-line px-4 py-2 text-[13px] text-quiet">{whyNot}</p> : null}
      {chosen ? <CircuitDialog {...chosen} onClose={() => setChosen(null)} /> : null}
    </Card>
  );
}

function CircuitLine({ circuit, onAct }: { circuit: Circuit; onAct: ((act: Act) => void) | null }) {
  const { key, phase, because, next_probe_at, held_by, paused_runs } = circuit;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="min-w-0 grow basis-64 [overflow-wrap:anywhere]">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <Words text={key} className="font-medium" />
          <StatusBadge status={phase} />
          <span className="text-[13px] text-quiet">
            since <Ago at={circuit.since} />
          </span>
        </p>
        {because && phase !== 'closed' ? (
          <p>
            <Words text={because} />
          </p>
        ) : null}
        <p className="text-[13px] text-quiet">
          {many(circuit.openings, 'opening')}
          {paused_runs > 0 ? `, ${many(paused_runs, 'run waits', 'runs wait')} for it` : ''}
          {held_by ? `, kept open by ${nameOfActor(held_by)} until somebody resets it` : ''}
          {next_probe_at && !held_by ? `, ${probeWords(next_probe_at)}` : ''}
        </p>
      </div>
      {onAct ? (
        <div className="flex gap-2">
          {phase === 'closed' ? null : (
            <Button size="small" aria-label={`Reset ${key}`} onClick={() => onAct('reset')}>
              Reset
            </Button>
          )}
          {phase === 'open' && held_by ? null : (
            <Button size="small" look="quiet" aria-label={`Keep open ${key}`} onClick={() => onAct('open')}>
              Keep open
            </Button>
          )}
        </div>
      ) : null}
    </li>
  );
}

/** The one that tries it comes by when it has work for it. */
function probeWords(at: string): string {
  return Date.parse(at) > Date.now() ? `tried again ${ago(at)}` : 'to be tried again with the next call';
}

const words = {
  reset: { title: 'Reset', sure: 'Let everybody through' },
  open: { title: 'Keep open', sure: 'Keep everybody away' },
} as const;

function CircuitDialog({ circuit, act, onClose }: Chosen & { onClose(): void }) {
  const client = useQueryClient();
  const send = useMutation({
    mutationFn: () =>
      call<Circuit>(`/api/circuits/${encodeURIComponent(circuit.key)}/${act}`, { method: 'POST' }),
    onSuccess: onClose,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['circuits'] }),
        client.invalidateQueries({ queryKey: ['health'] }),
      ]),
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`${words[act].title}: ${circuit.key}`}
      foot={
        <>
          <Button onClick={onClose}>Leave it as it is</Button>
          <Button
            look={act === 'open' ? 'danger' : 'primary'}
            isBusy={send.isPending}
            onClick={() => send.mutate()}
          >
            {words[act].sure}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 [overflow-wrap:anywhere]">
        <p>
          {act === 'reset'
            ? `Every machine calls it again at once, and ${many(circuit.paused_runs, 'run that waits goes on', 'runs that wait go on')}. If it still fails, it opens again.`
            : 'No machine calls it until somebody resets it. What needs it waits, or goes another way where there is one.'}
        </p>
        {circuit.because ? (
          <p className="text-quiet">
            It opened last because: <Words text={circuit.because} />
          </p>
        ) : null}
        {send.isError ? <Failed error={send.error} /> : null}
      </div>
    </Dialog>
  );
}
