// Upload Spec: what a spec would cost before anything of it is done, and those that are kept.
import { Link } from '@tanstack/react-router';
import { Page } from '../../parts/page.tsx';
import { useMe } from '../../shell/me.ts';
import { KeptSpecs } from './kept-specs.tsx';
import { UploadCard } from './upload-card.tsx';

export function SpecsPage() {
  const mayUpload = useMe().me.role !== 'viewer';
  return (
    <Page
      title="Upload Spec"
      lead="A spec says what is to be made. See what its work would cost before any of it is begun."
    >
      <WhatWorks />
      {mayUpload ? (
        <UploadCard />
      ) : (
        <p className="rounded-md border border-line bg-surface p-4">
          You are signed in as a viewer: an operator or an admin uploads specs. Those that are kept stand
          here.
        </p>
      )}
      <KeptSpecs mayUpload={mayUpload} />
    </Page>
  );
}

/** Nobody waits for what does not come. */
function WhatWorks() {
  return (
    <section aria-label="What works today" className="rounded-md bg-info-soft p-3 text-info">
      <p>
        <strong>Today</strong> a spec is estimated and kept. <strong>What comes</strong> is the Architect,
        which splits it into work orders that you look over first. Until then give each piece to Moose as{' '}
        <Link to="/work-orders" search={{ new: 'true' }} className="underline underline-offset-2">
          a work order of its own
        </Link>
        .
      </p>
    </section>
  );
}
