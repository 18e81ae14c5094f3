// What the repository contains for agents, and whether its owner trusts it.
import { type ReactNode, useState } from 'react';
import type { Project } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Words } from '../../parts/words.tsx';
import { useTrustProject, useValues } from './use-projects.ts';
import { useWhyNotVariables } from './why-not.ts';

export function TrustCard({ project }: { project: Project }) {
  const { id, name, trusted } = project;
  const whyNot = useWhyNotVariables();
  const [isAsking, setAsking] = useState(false);
  const trust = useTrustProject(id, () => setAsking(false));
  return (
    <Card title="Agents">
      <p>
        {trusted
          ? 'Trusted: agents get the instructions of every folder, the skills and the servers of the base commit.'
          : 'Not trusted: agents get only the instructions at the root of the repository.'}
      </p>
      <Assets id={id} />
      {whyNot === null ? (
        <Button className="mt-3" onClick={() => (trusted ? trust.mutate(false) : setAsking(true))}>
          {trusted ? 'Stop trusting it' : 'Trust this repository'}
        </Button>
      ) : (
        <p className="mt-3 text-[13px] text-quiet">{whyNot}</p>
      )}
      {isAsking ? (
        <ConfirmDialog
          title={`Trust ${name}?`}
          verb="Trust"
          isBusy={trust.isPending}
          error={trust.error}
          onConfirm={() => trust.mutate(true)}
          onClose={() => setAsking(false)}
        >
          <p>
            Whoever can push to its base branch tells your agents what to do, and which programs to start.
            These run in the sandbox of the agent, with its worktree and without a network.
          </p>
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}

/** As of the commit that the next work order starts from. */
function Assets({ id }: { id: string }) {
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
