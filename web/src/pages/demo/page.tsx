// A demo that may be injured: a button for each fault, and below it what Moose makes of it.
import type { Demo } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Failed } from '../../parts/states.tsx';
import { Words } from '../../parts/words.tsx';
import { Answered } from '../monitoring/answered.tsx';
import { useWhyNot } from '../monitoring/may-act.ts';
import { StrikeCard } from './strike-card.tsx';
import { useDemo, useStrike } from './use-demo.ts';

export function DemoPage() {
  const demo = useDemo();
  return (
    <Page
      title="Demo"
      lead="Press a button. Three work orders start, the fault hits them at work, and you see what Moose notices and does. Nothing here is real: the demo is deleted when it ends."
    >
      <Answered query={demo} what="the demo">
        {(state) => (
          <>
            <Faults demo={state} />
            {state.strikes.length === 0 ? (
              <Card>
                <Empty title="No fault yet">
                  Each fault appears here, with what Moose noticed, what it did, and how long it took.
                </Empty>
              </Card>
            ) : (
              state.strikes.map((strike) => <StrikeCard key={strike.number} strike={strike} />)
            )}
          </>
        )}
      </Answered>
    </Page>
  );
}

function Faults({ demo }: { demo: Demo }) {
  const whyNot = useWhyNot();
  const strike = useStrike();
  const isOn = demo.strikes.some(({ state }) => state === 'beginning' || state === 'injected');
  return (
    <Card title="Faults" isFlush>
      {whyNot === null ? null : <p className="px-4 pt-3 text-quiet">{whyNot}</p>}
      {strike.isError ? (
        <div className="p-4">
          <Failed error={strike.error} />
        </div>
      ) : null}
      <ul className="grid divide-y divide-line lg:grid-cols-2 lg:divide-y-0">
        {demo.faults.map(({ name, title, does }) => (
          <li key={name} className="flex flex-col items-start gap-1.5 px-4 py-2.5">
            <Button
              look="danger"
              size="small"
              disabled={whyNot !== null || isOn}
              isBusy={strike.isPending && strike.variables === name}
              onClick={() => strike.mutate(name)}
            >
              {title}
            </Button>
            <p className="text-[13px] text-quiet [overflow-wrap:anywhere]">
              <Words text={sentence(does)} />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Backquotes are for terminals and documents. */
function sentence(text: string): string {
  const plain = text.replaceAll('`', '');
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
}
