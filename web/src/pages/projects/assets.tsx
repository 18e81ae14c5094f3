// What the commit that the next work order starts from contains for agents.
import type { ReactNode } from 'react';
import { Words } from '../../parts/words.tsx';
import { useValues } from './use-projects.ts';

export function Assets({ id }: { id: string }) {
  const assets = useValues(id).data?.assets;
  if (!assets) return null;
  const { instructions, skills, servers, left_out } = assets;
  return (
    <>
      {instructions.length === 0 ? (
        <p className="mt-3">
          The repository has no instructions for agents. An AGENTS.md that says how the project is built,
          tested and written helps every agent.
        </p>
      ) : null}
      <dl className="mt-3 grid grid-cols-[max-content_1fr] gap-x-6 gap-y-2 [overflow-wrap:anywhere]">
        <Row term="Instructions" names={instructions} />
        <Row term="Skills" names={skills} />
        <Row term="Servers" names={servers} />
        {left_out.length > 0 ? (
          <Row term="Left out" names={left_out.map(({ name, because }) => `${name}: ${because}`)} />
        ) : null}
      </dl>
    </>
  );
}

function Row({ term, names }: { term: string; names: readonly string[] }): ReactNode {
  return (
    <>
      <dt className="text-quiet">{term}</dt>
      <dd className="min-w-0">{names.length === 0 ? 'none' : <Words text={names.join(', ')} />}</dd>
    </>
  );
}
