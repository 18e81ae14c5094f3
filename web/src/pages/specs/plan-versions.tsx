// The versions of a plan, newest first: a refused version beside its successor, with the reasons of the refusal.

import { Link } from '@tanstack/react-router';
import type { SpecPlanChanges, SpecPlanVersion } from '../../../../src/contract/contract.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { legible } from '../../parts/plain-text.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { specRoute } from '../../router.tsx';
import { usePlanChanges, useVersions } from './use-spec.ts';

/** Shows nothing if there is nothing to compare. */
export function PlanVersions({ id }: { id: string }) {
  const versions = useVersions(id).data?.items ?? [];
  const { version: open } = specRoute.useSearch();
  if (versions.length < 2) return null;
  return (
    <Card title="Versions of the plan" isFlush>
      <ul className="divide-y divide-line">
        {versions.toReversed().map((each) => (
          <li key={each.version} className="flex flex-col gap-3 px-4 py-3">
            <VersionLine version={each} isFirst={each === versions[0]} isOpen={each.version === open} />
            {each.version === open ? <Changes id={id} version={each.version} /> : null}
          </li>
        ))}
      </ul>
    </Card>
  );
}

interface VersionLineProps {
  version: SpecPlanVersion;
  isFirst: boolean;
  isOpen: boolean;
}

function VersionLine({ version: each, isFirst, isOpen }: VersionLineProps) {
  const { version, made_by, because, created_at, problems, is_aside } = each;
  const [tone, word]: [Tone, string] = problems.length > 0 ? ['bad', 'refused'] : ['good', 'valid'];
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 [overflow-wrap:anywhere]">
      <span className="font-semibold">Version {version}</span>
      <Badge tone={tone}>{word}</Badge>
      {is_aside ? <Badge tone="neutral">not used</Badge> : null}
      <span className="min-w-0 flex-1 basis-56 text-[13px] text-quiet">
        <Words text={nameOfActor(made_by)} />: {legible(because)} · <Ago at={created_at} />
      </span>
      {isFirst && problems.length === 0 ? null : (
        <Link
          from={specRoute.fullPath}
          search={isOpen ? {} : { version }}
          resetScroll={false}
          aria-expanded={isOpen}
          className="inline-flex min-h-6 items-center text-accent underline underline-offset-2"
        >
          {isOpen ? 'Hide' : isFirst ? 'Show the reasons' : 'Compare with the previous version'}
          <span className="sr-only"> of version {version}</span>
        </Link>
      )}
    </div>
  );
}

function Changes({ id, version }: { id: string; version: number }) {
  const changes = usePlanChanges(id, version);
  if (changes.isPending) return <Loading what="the changes" lines={3} />;
  if (changes.isError) return <Failed error={changes.error} onRetry={() => void changes.refetch()} />;
  const { before, after, items } = changes.data;
  return (
    <section aria-label={`Version ${version} compared`} className="flex flex-col gap-3">
      {before ? <Reasons version={before} /> : null}
      <Reasons version={after} />
      {before && items.length === 0 ? <p>It is the same as version {before.version}.</p> : null}
      {before
        ? items.map((item) => (
            <Change
              key={`${item.of} ${item.name}`}
              item={item}
              names={[`Version ${before.version}`, `Version ${after.version}`]}
            />
          ))
        : null}
    </section>
  );
}

function Reasons({ version: { version, problems } }: { version: SpecPlanVersion }) {
  if (problems.length === 0) return null;
  return (
    <div className="rounded-md bg-bad-soft p-3 text-bad">
      <p className="font-medium">Why version {version} was refused</p>
      <ul aria-label={`Why version ${version} was refused`} className="list-disc pl-5">
        {problems.map(({ message }) => (
          <li key={message} className="[overflow-wrap:anywhere]">
            {legible(message)}
          </li>
        ))}
      </ul>
    </div>
  );
}

type Item = SpecPlanChanges['items'][number];

const titleOf = ({ of, name }: Item) =>
  of === 'plan' ? 'The plan' : `${of === 'contract' ? 'Contract' : 'Work order'} ${legible(name)}`;

function Change({ item, names }: { item: Item; names: readonly [string, string] }) {
  const { what, fields } = item;
  return (
    <section aria-label={titleOf(item)} className="flex flex-col gap-2 rounded-md bg-raised p-3">
      <h3 className="font-medium [overflow-wrap:anywhere]">
        {titleOf(item)} <span className="font-normal text-quiet">{what}</span>
      </h3>
      {fields.map(({ field, before, after }) => (
        <dl key={field} className="grid grid-cols-1 gap-x-4 gap-y-1 md:grid-cols-2">
          {what === 'added' ? null : <Side name={`${field}, ${names[0]}`} text={before} />}
          {what === 'removed' ? null : <Side name={`${field}, ${names[1]}`} text={after} />}
        </dl>
      ))}
    </section>
  );
}

function Side({ name, text }: { name: string; text: string | null }) {
  return (
    <div className="min-w-0">
      <dt className="text-[13px] text-quiet">{name}</dt>
      <dd dir="auto" className="whitespace-pre-wrap [overflow-wrap:anywhere]">
        {text === null || text === '' ? '–' : legible(text)}
      </dd>
    </div>
  );
}
