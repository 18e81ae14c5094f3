// Circuit breakers. Each action states its effect before it is confirmed.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Circuit } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Empty, Failed } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago, ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
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
    <Card title="Circuit breakers" isFlush>
      <Answered query={circuits} what="the circuit breakers">
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No circuit breaker has opened yet">
              When calls to a provider, model or Git host keep failing, Moose stops calling it for a while and
              shows it here.
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
            last change <Ago at={circuit.since} />
          </span>
        </p>
        {because && phase !== 'closed' ? (
          <p>
            <Words text={because.message} />
          </p>
        ) : null}
        <p className="text-[13px] text-quiet">
          opened {many(circuit.openings, 'time')}
          {paused_runs > 0 ? `, ${many(paused_runs, 'run is', 'runs are')} waiting for it` : ''}
          {held_by ? `, kept open by ${nameOfActor(held_by)} until someone resets it` : ''}
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

/** The probe is the next real call after this time. */
function probeWords(at: string): string {
  return Date.parse(at) > Date.now() ? `next retry ${ago(at)}` : 'retried on the next call';
}

const words = {
  reset: { title: 'Reset', sure: 'Reset and allow calls' },
  open: { title: 'Keep open', sure: 'Keep open and block calls' },
} as const;

function CircuitDialog({ circuit, act, onClose }: Chosen & { onClose(): void }) {
  const client = useQueryClient();
  const send = useMutation({
    mutationFn: () => ask(`post /api/circuits/{key}/${act}`, { params: { key: circuit.key } }),
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
          <Button onClick={onClose}>Cancel</Button>
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
            ? `All machines call it again immediately, and ${many(circuit.paused_runs, 'waiting run continues', 'waiting runs continue')}. If calls still fail, the circuit breaker opens again.`
            : 'No machine calls it until someone resets it. Runs that need it wait, or use an alternative if there is one.'}
        </p>
        {circuit.because ? (
          <p className="text-quiet">
            Last opened because: <Words text={circuit.because.message} />
          </p>
        ) : null}
        {send.isError ? <Failed error={send.error} /> : null}
      </div>
    </Dialog>
  );
}
