// Forecasts, degraded features and the load of the machines.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { AdminHealth } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { PlainTable } from '../../parts/plain-table.tsx';
import { legible } from '../../parts/plain-text.ts';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { Answered } from './answered.tsx';
import { useHealth } from './queries.ts';
import { amount, count, percent } from './words.ts';

export function AheadCard() {
  const health = useHealth();
  return (
    <Card title="Forecasts and degraded features" isFlush>
      <Answered query={health} what="the forecasts">
        {({ forecasts, degradations, pressure }) => (
          <div className="divide-y divide-line">
            <Forecasts forecasts={forecasts} />
            <Part title="Degraded features">
              {degradations.length === 0 ? (
                <p className="text-quiet">None. All features are working.</p>
              ) : (
                <ul className="flex flex-col gap-1.5">
                  {degradations.map((one) => (
                    <li key={`${one.key} ${one.work_order_id ?? ''}`}>
                      <Words text={one.feature} />, because <Words text={one.because} />,{' '}
                      <span className="text-[13px] text-quiet">
                        started <Ago at={one.since} />
                      </span>
                      {one.work_order_id ? (
                        <>
                          {' '}
                          <Link
                            to="/work-orders/$id"
                            params={{ id: one.work_order_id }}
                            className="text-accent underline underline-offset-2"
                          >
                            View work order
                          </Link>
                        </>
                      ) : null}
                    </li>
                  ))}
                </ul>
              )}
            </Part>
            <Part title="Load of the machines">
              {pressure.length === 0 ? (
                <p className="text-quiet">No machine is working.</p>
              ) : (
                <ul className="flex flex-col gap-1.5">
                  {pressure.map((machine) => (
                    <MachineLoad key={machine.host} machine={machine} />
                  ))}
                </ul>
              )}
            </Part>
          </div>
        )}
      </Answered>
    </Card>
  );
}

type MachinePressure = AdminHealth['pressure'][number];

function MachineLoad({ machine: { host, level, because, measurements } }: { machine: MachinePressure }) {
  return (
    <li>
      <p className="flex flex-wrap items-center gap-2">
        <StatusBadge status={level} /> <Words text={host} className="font-medium" />
        <Words text={because} />
      </p>
      <details>
        <summary className="cursor-pointer text-[13px] text-quiet">Measurements and thresholds</summary>
        <PlainTable
          caption={`Load of ${legible(host)}`}
          items={measurements.filter(({ value }) => value !== null)}
          keyOf={({ signal }) => signal}
          columns={[
            { head: 'Measurement', cell: ({ title }) => title },
            { head: 'Now', cell: ({ value, unit }) => amount(value, unit) },
            {
              head: 'Half of the slots',
              cell: ({ scarce_when, high, unit }) =>
                `${scarce_when === 'small' ? 'below' : 'above'} ${amount(high, unit)}`,
            },
            {
              head: 'No heavy work',
              cell: ({ critical, unit }) => (critical === null ? 'never' : `below ${amount(critical, unit)}`),
            },
          ]}
        />
      </details>
    </li>
  );
}

function Forecasts({ forecasts }: { forecasts: AdminHealth['forecasts'] }) {
  const { open, precision, judged, saved_usd, by_signal } = forecasts;
  return (
    <Part title="Forecasts">
      {open.length === 0 ? (
        <p className="text-quiet">No problems are forecast.</p>
      ) : (
        <ul className="flex flex-col gap-1.5">
          {open.map(({ signal, subject, message, raised_at }) => (
            <li key={`${signal} ${subject}`}>
              <Words text={message} />{' '}
              <span className="text-[13px] text-quiet">
                forecast <Ago at={raised_at} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="mt-2 text-[13px] text-quiet">
        {precision === null
          ? 'No forecast results yet.'
          : `${percent(precision)} of ${count(judged)} past forecasts came true. Acting on forecasts saved ${usd(saved_usd)}.`}
      </p>
      {by_signal.some((one) => one.judged > 0) ? (
        <p className="text-[13px] text-quiet">
          {by_signal
            .filter((one) => one.judged > 0)
            .map((one) => `${one.signal}: ${one.came_true} of ${one.judged}`)
            .join(' · ')}
        </p>
      ) : null}
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="px-4 py-3 [overflow-wrap:anywhere]">
      <h3 className="mb-1 text-[13px] font-semibold">{title}</h3>
      {children}
    </div>
  );
}
