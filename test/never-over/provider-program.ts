// The never-over test's provider: a process that is never killed, bills what it really sent, and reports the total at
// any moment.
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Account } from './account.ts';
import { answerTo } from './answering.ts';
import { generationOf } from './generation.ts';
import type { ProviderInput, ProviderSaid } from './messages.ts';
import { readAsked } from './read-asked.ts';

process.once('disconnect', () => process.exit());
const [input] = (await once(process, 'message')) as [ProviderInput];
const account = new Account(input.accountPath);
const problems: string[] = [];

const port = await listen((request, answer) => {
  const work = async () => {
    const asked = await readAsked(request);
    if (asked === null) return void answer.writeHead(404).end();
    const generation = generationOf(input.seed, asked);
    const how = [asked.wire, asked.isStream ? 'stream' : 'whole', generation.fault, generation.lie].join(' ');
    account.open(asked.tag, { model: asked.model, how, times: asked.isDearer ? 2n : 1n });
    await answerTo({ account, asked, generation, answer });
  };
  work().catch((cause: unknown) => {
    answer.destroy();
    // A request that broke off before it was read completely is not a problem.
    if (request.complete) problems.push(String(cause));
  });
});
const totalsPort = await listen((request, answer) => {
  const isTotal = request.url === '/total';
  const all = () => JSON.stringify({ bills: account.bills(), repeated: account.repeated, problems });
  answer.end(isTotal ? String(account.totalNanoUsd) : all());
});
process.send?.({ port, totalsPort } satisfies ProviderSaid);

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer({ keepAliveTimeout: 60_000 }, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
