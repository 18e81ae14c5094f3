// Whether programs in the sessions of the project may make user namespaces.
import { useState } from 'react';
import type { Project } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { useAllowNamespaces } from './use-projects.ts';
import { useWhyNotVariables } from './why-not.ts';

export function NamespacesCard({ project }: { project: Project }) {
  const { id, name, user_namespaces: isAllowed } = project;
  const whyNot = useWhyNotVariables();
  const [isAsking, setAsking] = useState(false);
  const allow = useAllowNamespaces(id, () => setAsking(false));
  return (
    <Card title="Sandbox">
      <p>
        {isAllowed
          ? 'Programs in its sessions may make user namespaces, as the sandbox of a browser does.'
          : 'Programs in its sessions cannot make user namespaces: a browser starts only without its own sandbox.'}
      </p>
      {whyNot === null ? (
        <Button className="mt-3" onClick={() => (isAllowed ? allow.mutate(false) : setAsking(true))}>
          {isAllowed ? 'Forbid user namespaces' : 'Allow user namespaces'}
        </Button>
      ) : (
        <p className="mt-3 text-[13px] text-quiet">{whyNot}</p>
      )}
      {isAsking ? (
        <ConfirmDialog
          title={`Allow user namespaces to ${name}?`}
          verb="Allow"
          isBusy={allow.isPending}
          error={allow.error}
          onConfirm={() => allow.mutate(true)}
          onClose={() => setAsking(false)}
        >
          <p>
            In a user namespace, a program has rights over more of the kernel, where most errors of isolation
            have been. The files and hosts that its sessions reach stay the same.
          </p>
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}
