import { Card } from '../../parts/card.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Answered } from './answered.tsx';
import { useHealth } from './queries.ts';
import { many, spaced } from './words.ts';

export function AgentsCard() {
  const health = useHealth();
  return (
    <Card title="Agents" isFlush>
      <Answered query={health} what="the agents">
        {({ agentHealth, executors }) => (
          <>
            <ul className="divide-y divide-line">
              {Object.entries(agentHealth).map(([name, { status, last_success: at }]) => (
                <li key={name} className="flex flex-wrap items-center justify-between gap-x-4 px-4 py-2">
                  <span className="first-letter:uppercase">{spaced(name)}</span>
                  <span className="flex items-center gap-3 text-[13px] text-quiet">
                    {at === null ? (
                      'no success in the last day'
                    ) : (
                      <span>
                        last success <Ago at={at} />
                      </span>
                    )}
                    <StatusBadge status={status} />
                  </span>
                </li>
              ))}
            </ul>
            <p className="border-t border-line px-4 py-2 text-[13px] text-quiet">
              {executors === 0
                ? 'No workers are running.'
                : many(executors, 'worker is running.', 'workers are running.')}
            </p>
          </>
        )}
      </Answered>
    </Card>
  );
}
