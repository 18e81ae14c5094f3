// Upload Spec: estimates the cost of a spec before any work starts, and lists saved specs.
import { Link } from '@tanstack/react-router';
import { Page } from '../../parts/page.tsx';
import { useMe } from '../../shell/me.ts';
import { KeptSpecs } from './kept-specs.tsx';
import { UploadCard } from './upload-card.tsx';

export function SpecsPage() {
  const mayUpload = useMe().me.role !== 'viewer';
  return (
    <Page title="Upload Spec" lead="Estimate what a spec costs to build before any work starts.">
      <WhatWorks />
      {mayUpload ? (
        <UploadCard />
      ) : (
        <p className="rounded-md border border-line bg-surface p-4">
          You have view-only access. Uploading specs requires the operator role. Saved specs are listed below.
        </p>
      )}
      <KeptSpecs mayUpload={mayUpload} />
    </Page>
  );
}

/** States clearly what does not exist yet. */
function WhatWorks() {
  return (
    <section aria-label="Current limits" className="rounded-md bg-info-soft p-3 text-info">
      <p>
        Moose can estimate and save a spec. It cannot split a spec into work orders yet. Until then, submit
        each piece as{' '}
        <Link to="/work-orders" search={{ new: 'true' }} className="underline underline-offset-2">
          a separate work order
        </Link>
        .
      </p>
    </section>
  );
}
