// Upload Spec: estimates the cost of a spec before any work starts, and lists saved specs with their plans.
import { Page } from '../../parts/page.tsx';
import { useMe } from '../../shell/me.ts';
import { KeptSpecs } from './kept-specs.tsx';
import { UploadCard } from './upload-card.tsx';

export function SpecsPage() {
  const mayUpload = useMe().me.role !== 'viewer';
  return (
    <Page
      title="Upload Spec"
      lead="Estimate the cost of building a spec, and ask the Architect to divide it into work orders."
    >
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
