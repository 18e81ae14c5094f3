// Full-page states: loading, error, not found.
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { Card } from '../parts/card.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';

export function PageLoading() {
  return <Loading what="the page" lines={6} />;
}

export function PageBroken({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="Page error">
      <Failed error={error} onRetry={reset} />
      <p className="text-quiet">
        Moose keeps working. Reload the page. If the error returns, report the message above.
      </p>
    </Page>
  );
}

export function PageMissing() {
  return (
    <Page title="Page not found">
      <Card>
        <Empty title="No page at this address">
          The link may be old or incomplete. Go back to the{' '}
          <Link to="/work-orders" className="text-accent underline">
            work orders
          </Link>
          .
        </Empty>
      </Card>
    </Page>
  );
}
