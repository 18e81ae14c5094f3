// The contracts of a plan: who provides and who relies on each, whether it holds, and which members break it.

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SpecContract, SpecRun } from '../../../../src/contract/contract.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { legible } from '../../parts/plain-text.ts';
import { Failed } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { useContracts } from './use-spec.ts';

const looks: Readonly<Record<SpecContract['state'], { tone: Tone; word: string }>> = {
  waiting: { tone: 'neutral', word: 'not checked yet' },
  holds: { tone: 'good', word: 'kept' },
  broken: { tone: 'bad', word: 'broken' },
  accepted: { tone: 'warn', word: 'change accepted' },
  unchecked: { tone: 'warn', word: 'not checked' },
};

export interface ContractsCardProps {
  id: string;
  /** Null if there are no work orders to link to. */
  run: SpecRun | null;
}

/** A plan without contracts has no card. */
export function ContractsCard({ id, run }: ContractsCardProps) {
  const contracts = useContracts(id);
  if (contracts.isError)
    return (
      <Card title="Contracts">
        <Failed error={contracts.error} onRetry={() => void contracts.refetch()} />
      </Card>
    );
  const items = contracts.data?.items ?? [];
  if (items.length === 0) return null;
  const ids = new Map(run?.work_orders.map((order) => [order.key, order.id]));
  return (
    <Card title="Contracts" isFlush>
      <ul className="divide-y divide-line">
        {items.map((contract) => (
          <li key={contract.name}>
            <Contract contract={contract} ids={ids} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Contract({ contract, ids }: { contract: SpecContract; ids: ReadonlyMap<string, string> }) {
  const { name, kind, path, provider, users, state, broken_by, breaking, checked_at, accepted_by } = contract;
  return (
    <section
      aria-label={`Contract ${name}`}
      className="flex flex-col gap-2 px-4 py-3 [overflow-wrap:anywhere]"
    >
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-semibold">{legible(name)}</span>
        <Badge tone={looks[state].tone}>{looks[state].word}</Badge>
        {checked_at === null ? null : (
          <span className="text-[13px] text-quiet">
            checked <Ago at={checked_at} />
          </span>
        )}
      </p>
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1">
        <Row term="File">
          <Words text={path} /> <span className="text-quiet">({kind.replaceAll('_', ' ')})</span>
        </Row>
        <Row term="Provided by">
          <Orders keys={[provider]} ids={ids} />
        </Row>
        <Row term="Used by">
          <Orders keys={users} ids={ids} />
        </Row>
        {broken_by === null ? null : (
          <Row term="Broken by">
            <Orders keys={[broken_by]} ids={ids} />
          </Row>
        )}
        {accepted_by === null ? null : (
          <Row term="Accepted by">
            <Words text={nameOfActor(accepted_by)} />
          </Row>
        )}
      </dl>
      {breaking.length === 0 ? null : (
        <ul aria-label={`What breaks ${name}`} className="flex flex-col gap-2">
          {breaking.map(({ member, before, after, message }) => (
            <li key={`${member} ${message}`} className="rounded-md bg-raised p-3">
              <p>{legible(message)}</p>
              <dl className="mt-1 grid grid-cols-1 gap-x-4 gap-y-1 text-[13px] md:grid-cols-3">
                <Side name="Member" text={member} />
                <Side name="Before" text={before} />
                <Side name="After" text={after} />
              </dl>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{term}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function Side({ name, text }: { name: string; text: string | null }) {
  return (
    <div className="min-w-0">
      <dt className="text-quiet">{name}</dt>
      <dd>{text === null || text === '' ? '–' : <code>{legible(text)}</code>}</dd>
    </div>
  );
}

function Orders({ keys, ids }: { keys: readonly string[]; ids: ReadonlyMap<string, string> }) {
  if (keys.length === 0) return '–';
  return keys.map((key, at) => {
    const id = ids.get(key);
    return (
      <span key={key}>
        {at === 0 ? '' : ', '}
        {id === undefined ? (
          key
        ) : (
          <Link
            to="/work-orders/$id"
            params={{ id }}
            className="inline-flex min-h-6 items-center text-accent underline underline-offset-2"
          >
            {key}
          </Link>
        )}
      </span>
    );
  });
}
