// Where a page cannot be shown: it is on its way, it broke, or there is none.
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { Card } from '../parts/card.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';

export function PageLoading() {
  return <Loading what="the page" lines={6} />;
}

export function PageBroken({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This page broke">
      <Failed error={error} onRetry={reset} />
      <p className="text-quiet">
        What Moose does goes on. If it breaks again, load the page anew; then look at another page, and report
        what is written above.
      </p>
    </Page>
  );
}

export function PageMissing() {
  return (
    <Page title="There is no such page">
      <Card>
        <Empty title="Nothing is at this address">
          The address may be old, or cut off. Everything that Moose does begins at the{' '}
          <Link to="/work-orders" className="text-accent underline">
            work orders
          </Link>
          .
        </Empty>
      </Card>
    </Page>
  );
}
