import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { verifying } from '../../pipeline/verifying/verifying.ts';
import { asking, daemonProject } from './daemon-project.fixture.ts';

const shared = sharedDatabase();

test('R-PROJ-4, R-SEC-6: a check that may reach listed hosts reaches the service of its worktree, and no other host', async () => {
  const other = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const proxied = `process.env.HTTP_PROXY + '/'`;
  const listed = `fetch(${proxied}).then((answer) => console.log('proxy ' + answer.status))`;
  const direct = `require('node:net').connect(${port}, '127.0.0.1').on('connect', () => process.exit(4)).on('error', ({ code }) => console.log('direct ' + code))`;
  const check = [listed, direct].map((script) => `node -e "${script}"`).join(' && ');
  const { work } = await daemonProject(shared(), 'verifying', {
    check: `${check} && ${asking}`,
    settings: { checkNetwork: 'all' },
    change: { 'made.txt': 'by the change' },
  });
  const end = await verifying(work);
  const rows = await work.database.run((query) => sessionsOf(query, work.order.id));
  if (rows.some(({ isolation }) => isolation === 'none')) return;
  expect(end).toMatchObject({
    end: 'done',
    result: {
      isVerified: true,
      checks: [{ outputTail: expect.stringMatching(/proxy 400\ndirect ECONNREFUSED\nby the change/) }],
    },
  });
  expect(rows.find(({ name }) => name === '1-test')).toMatchObject({ egress: 'listed' });
  expect(rows.find(({ name }) => name === 'web')).toMatchObject({ egress: 'none' });
});
