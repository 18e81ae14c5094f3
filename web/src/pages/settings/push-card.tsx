// Browser notifications: on or off in this browser, and the other browsers of the person.
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { PushBrowser } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import {
  findHere,
  type PushObstacle,
  pushObstacle,
  turnOffHere,
  turnOnHere,
} from '../../shell/browser-push.ts';

const queryKey = ['push'];
/** A worker sends a test notification within a few seconds. */
const lookEveryMs = 5_000;

interface Known {
  items: PushBrowser[];
  here: PushBrowser | null;
}

export function PushCard() {
  const known = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Known> => {
      const { items } = await ask('get /api/push', { signal });
      return { items, here: await findHere(items) };
    },
    refetchInterval: lookEveryMs,
  });
  return (
    <Card title="Notifications in browsers" isFlush>
      {known.isPending ? <Loading what="your browsers" lines={2} /> : null}
      {known.isError ? <Failed error={known.error} onRetry={() => void known.refetch()} /> : null}
      {known.data ? <Browsers {...known.data} /> : null}
    </Card>
  );
}

function Browsers({ items, here }: Known) {
  return (
    <>
      <ThisBrowser here={here} />
      {items.length > 0 ? (
        <div className="border-t border-line">
          <PlainTable
            caption="Your browsers with notifications"
            items={items}
            keyOf={({ id }) => id}
            columns={columnsFor(here)}
          />
        </div>
      ) : null}
    </>
  );
}

const obstacles: Readonly<Record<PushObstacle, string>> = {
  insecure:
    'This page was not opened over HTTPS or on this machine, so the browser does not allow notifications. Open Moose at an https address.',
  unsupported:
    'This browser has no push notifications. On an iPhone or iPad, add Moose to the home screen first, and open it there.',
  blocked:
    'This browser blocks notifications of Moose. Allow them in the settings of the browser for this site, and load the page again.',
};

function ThisBrowser({ here }: Pick<Known, 'here'>) {
  const client = useQueryClient();
  const toggle = useMutation({
    mutationFn: () => (here === null ? turnOnHere() : turnOff(here)),
    onSettled: () => refresh(client),
  });
  const obstacle = here === null ? pushObstacle() : null;
  return (
    <div className="flex flex-col gap-3 p-4">
      <p className="text-quiet">
        This browser can tell you when a question needs your answer, even while Moose is closed. You get
        questions that you own, and questions about work that you requested.
      </p>
      {obstacle === null ? (
        <div className="flex flex-wrap items-center gap-3">
          <span>
            Notifications in this browser are <strong>{here === null ? 'off' : 'on'}</strong>.
          </span>
          <Button
            look={here === null ? 'primary' : 'plain'}
            isBusy={toggle.isPending}
            onClick={() => toggle.mutate()}
          >
            {here === null ? 'Turn on' : 'Turn off'}
          </Button>
        </div>
      ) : (
        <p>{obstacles[obstacle]}</p>
      )}
      {toggle.error ? <Failed error={toggle.error} /> : null}
    </div>
  );
}

const columnsFor = (here: PushBrowser | null): ReadonlyArray<Column<PushBrowser>> => [
  {
    head: 'Browser',
    cell: ({ id, browser }) => (
      <>
        {browser} {id === here?.id ? <Badge tone="neutral">this one</Badge> : null}
      </>
    ),
  },
  { head: 'Turned on', cell: ({ created_at }) => <Ago at={created_at} /> },
  { head: 'Last notification', cell: (browser) => <LastNotification {...browser} /> },
  { head: 'Test', cell: (browser) => <Test browser={browser} /> },
  { head: 'Remove', cell: (browser) => <Remove browser={browser} isHere={browser.id === here?.id} /> },
];

function LastNotification({ last_success_at, last_failure }: PushBrowser) {
  return (
    <>
      {last_success_at === null ? 'none yet' : <Ago at={last_success_at} />}
      {last_failure === null ? null : <span className="block text-bad">{last_failure}</span>}
    </>
  );
}

function Test({ browser: { id, browser } }: { browser: PushBrowser }) {
  const client = useQueryClient();
  const test = useMutation({
    mutationFn: () => ask('post /api/push/browsers/{id}/test', { params: { id } }),
    onSettled: () => refresh(client),
  });
  return (
    <>
      <Button
        size="small"
        isBusy={test.isPending}
        onClick={() => test.mutate()}
        aria-label={`Send a test notification to ${browser}`}
      >
        Send a test
      </Button>
      <span role="status" className="block text-[13px] text-quiet">
        {test.isSuccess ? 'It should appear in a few seconds.' : ''}
      </span>
      {test.error ? <Failed error={test.error} /> : null}
    </>
  );
}

function Remove({ browser, isHere }: { browser: PushBrowser; isHere: boolean }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => (isHere ? turnOff(browser) : forget(browser)),
    onSettled: () => refresh(client),
  });
  return (
    <>
      <Button
        size="small"
        isBusy={remove.isPending}
        onClick={() => remove.mutate()}
        aria-label={`Remove ${browser.browser}`}
      >
        Remove
      </Button>
      {remove.error ? <Failed error={remove.error} /> : null}
    </>
  );
}

const forget = ({ id }: PushBrowser) => ask('delete /api/push/browsers/{id}', { params: { id } });

async function turnOff(browser: PushBrowser): Promise<void> {
  await forget(browser);
  await turnOffHere();
}

const refresh = (client: QueryClient) =>
  Promise.all([queryKey, ['audit']].map((key) => client.invalidateQueries({ queryKey: key })));
