// What every channel has to do, tested over real HTTP.
import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Fault, startFaultServer, unusedUrl } from '../../test/fault-server.ts';
import { isMooseError, type MooseError } from '../domain/failure.ts';
import type { Delivery, Notice, Notifier } from '../engine/ports/notifier.ts';
import { discordMessage } from './discord/message.ts';
import { createDiscordNotifier } from './discord/notifier.ts';
import { slackMessage } from './slack/message.ts';
import { createSlackNotifier } from './slack/notifier.ts';
import { webhookMessage } from './webhook/message.ts';
import { createWebhookNotifier } from './webhook/notifier.ts';

const clock = { now: () => new Date('2026-03-01T10:00:00Z') };
const secretPath = '/services/T0SECRET0/B0SECRET0/xoxSECRETxox?token=SECRETSECRET';

const channels: Record<string, (url: string) => Notifier> = {
  slack: (url) => createSlackNotifier({ url, timeoutMs: 300 }),
  discord: (url) => createDiscordNotifier({ url, timeoutMs: 300 }),
  webhook: (url) => createWebhookNotifier({ url, secret: 'shared-secret', clock, timeoutMs: 300 }),
};

const option = {
  id: 'model:anthropic/claude-sonnet-5',
  kind: 'other_model' as const,
  label: 'Retry with claude-sonnet-5',
  command: 'moose answer 1a2b3c4d model:anthropic/claude-sonnet-5',
  costNanoUsd: '120000000',
  risk: 'low' as const,
  chance: 0.8,
  chanceOf: 10,
};

const notice: Notice = {
  title: 'Tests fail: Mend the date parser',
  text: '3 of 41 tests fail after 2 cycles.',
  severity: 'high',
  facts: [{ name: 'Project', value: 'api' }],
  options: [
    option,
    { ...option, id: 'cancel', label: 'Cancel', costNanoUsd: null, chance: null, chanceOf: 0 },
  ],
  recommended: option.id,
  path: '/escalations/1',
};

const delivery = (given: Partial<Notice> = {}): Delivery => ({
  key: 'escalation.opened:1:slack',
  kind: 'escalation.opened',
  notice: { ...notice, ...given },
  createdAt: new Date('2026-03-01T09:00:00Z'),
  link: 'https://moose.example.org/escalations/1',
});

const never = new AbortController().signal;

async function faulty(fault: Fault) {
  const server = await startFaultServer(fault);
  onTestFinished(() => server.stop());
  return { ...server, address: `${server.url}${secretPath}` };
}

const failureOf = (sent: Promise<void>): Promise<MooseError> =>
  sent.then(
    () => {
      throw new Error('It was delivered');
    },
    (cause: unknown) => {
      if (!isMooseError(cause)) throw cause;
      return cause;
    },
  );

describe.each(Object.entries(channels))('R-ESC-5: %s', (_name, create) => {
  test('delivers title, text, options, their commands, cost and chance, with a key that identifies copies', async () => {
    const server = await faulty({ kind: 'reply', status: 200, body: 'ok' });
    await create(server.address).send(delivery(), never);
    const [request] = server.requests;
    expect(request?.method).toBe('POST');
    expect(request?.path).toBe(secretPath);
    expect(request?.headers['idempotency-key']).toBe(encodeURIComponent('escalation.opened:1:slack'));
    const plain = (request?.body ?? '').replaceAll('\\\\', '');
    for (const word of [
      'Tests fail: Mend',
      '3 of 41',
      'Project',
      option.command,
      '0.12',
      'https://moose.example',
    ])
      expect(plain).toContain(word);
    expect(plain).toMatch(/80 %|0\.8/);
  });

  test.each([
    [{ kind: 'reply', status: 500, body: 'no' }, undefined],
    [{ kind: 'reply', status: 503, headers: { 'retry-after': '7' } }, 7_000],
    [{ kind: 'reply', status: 429, headers: { 'retry-after': '1.5' } }, 1_500],
    [{ kind: 'reply', status: 408 }, undefined],
    [{ kind: 'reply', status: 425 }, undefined],
    [{ kind: 'hang' }, undefined],
    [{ kind: 'stall', body: 'o' }, undefined],
    [{ kind: 'reset' }, undefined],
    [{ kind: 'cut', body: 'half an answer' }, undefined],
  ] as [Fault, number | undefined][])('%o is retried after %s', async (fault, retryAfterMs) => {
    const { address } = await faulty(fault);
    const error = await failureOf(create(address).send(delivery(), never));
    expect(error).toMatchObject({ code: 'NOTICE_NOT_DELIVERED', retryable: true, retryAfterMs });
    expect(error.message).not.toContain('undefined');
  });

  test.each([400, 401, 403, 404, 410, 302])('%i is refused permanently', async (status) => {
    const elsewhere = await faulty({ kind: 'reply', status: 200 });
    const { address } = await faulty({ kind: 'reply', status, headers: { location: elsewhere.url } });
    const error = await failureOf(create(address).send(delivery(), never));
    expect(error).toMatchObject({ code: 'NOTICE_REFUSED', retryable: false, category: 'configuration' });
    // The address is a secret, so a redirect is not followed.
    expect(elsewhere.requests).toEqual([]);
  });

  test('R-SEC-4: no error contains the address, whatever fails and whatever the server answers', async () => {
    const faults: Fault[] = [
      { kind: 'reply', status: 500, body: `no ${secretPath} here` },
      { kind: 'reply', status: 404, body: `{"path":"${secretPath}"}` },
      { kind: 'reset' } as const,
      { kind: 'hang' } as const,
    ];
    const addresses = await Promise.all(faults.map(async (fault) => (await faulty(fault)).address));
    const errors = [...addresses, `${await unusedUrl()}${secretPath}`].map((address) =>
      failureOf(create(address).send(delivery(), never)),
    );
    for (const error of await Promise.all(errors)) {
      const all = `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)}`;
      expect(all).not.toContain('SECRET');
    }
  });

  test('an endless answer is not read to its end', async () => {
    const { address } = await faulty({ kind: 'endless' });
    await create(address).send(delivery(), never);
  });

  test('stops immediately when it is aborted', async () => {
    const server = await faulty({ kind: 'hang' });
    const stop = new AbortController();
    const sent = create(server.address).send(delivery(), stop.signal);
    const reason = new Error('Stop');
    void server.received(1).then(() => stop.abort(reason));
    await expect(sent).rejects.toBe(reason);
  });
});

const untrusted =
  '<!channel> @everyone & <https://evil.example|click> *b* _i_ `c` [a](https://evil.example) <@1>';
const endless = `${untrusted}\n`.repeat(500);
const huge = delivery({
  title: endless,
  text: endless,
  facts: Array.from({ length: 100 }, (_, index) => ({ name: `${index} ${endless}`, value: endless })),
  options: Array.from({ length: 40 }, () => ({ ...option, label: endless, command: endless })),
});
const empty = delivery({ title: '', text: ' ', facts: [{ name: '', value: '' }] });

/** Every text in a JSON document, with the name of its field. */
function textsOf(value: unknown, name = ''): Array<{ name: string; text: string }> {
  if (typeof value === 'string') return [{ name, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => textsOf(each, Array.isArray(value) ? name : key));
}

interface SlackText {
  type: string;
  text: string;
  emoji?: boolean;
}
interface SlackBlock {
  type: string;
  text?: SlackText;
  fields?: SlackText[];
  elements?: SlackText[];
}

test('R-SEC-2: Slack gets the largest notice within its limits, visibly cut, and without markup from outside', () => {
  for (const one of [huge, empty]) {
    const { text, blocks } = slackMessage(one) as { text: string; blocks: SlackBlock[] };
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(text.length).toBeLessThanOrEqual(3_000);
    for (const block of blocks) {
      expect(block.text?.text.length ?? 1).toBeLessThanOrEqual(block.type === 'header' ? 150 : 3_000);
      expect(block.fields?.length ?? 1).toBeLessThanOrEqual(10);
      for (const each of [...(block.fields ?? []), ...(block.elements ?? [])])
        expect(each.text.length).toBeLessThanOrEqual(2_000);
      for (const each of [block.text, ...(block.fields ?? []), ...(block.elements ?? [])]) {
        if (!each) continue;
        expect(each.text).not.toBe('');
        expect(
          each.text.replace(/&(amp|lt|gt);/g, '').replace(/^<[^<>|&]*\|Open in Moose>$/, ''),
        ).not.toMatch(/[<>&]/);
        if (each.type === 'mrkdwn' && !each.text.startsWith('<')) expect(each.text).toMatch(/^`[^`\n]+`$/);
        if (each.type === 'plain_text') expect(each.emoji).toBe(false);
      }
    }
  }
  const { text, blocks } = slackMessage(huge);
  expect(text).toMatch(/… \(cut\)$/);
  expect(JSON.stringify(blocks)).toContain('… and 70 more');
});

test('R-SEC-2: Discord gets the largest notice within its limits, visibly cut, without mentions or links', () => {
  for (const one of [
    huge,
    empty,
    delivery({ text: endless }),
    delivery({ facts: huge.notice.facts ?? [] }),
  ]) {
    const message = discordMessage(one) as {
      content: string;
      allowed_mentions: unknown;
      embeds: Array<{ title: string; description?: string; fields: Array<{ name: string; value: string }> }>;
    };
    expect(message.allowed_mentions).toEqual({ parse: [] });
    expect(message.content.length).toBeLessThanOrEqual(2_000);
    const [embed] = message.embeds;
    if (!embed) throw new Error('There is an embed');
    expect(embed.title.length).toBeLessThanOrEqual(256);
    expect(embed.description?.length ?? 1).toBeLessThanOrEqual(4_096);
    expect(embed.fields.length).toBeLessThanOrEqual(25);
    for (const { name, value } of embed.fields) {
      expect(name.length).toBeGreaterThan(0);
      expect(name.length).toBeLessThanOrEqual(256);
      expect(value.length).toBeGreaterThan(0);
      expect(value.length).toBeLessThanOrEqual(1_024);
    }
    const total = textsOf(embed)
      .filter(({ name }) => ['title', 'description', 'name', 'value', 'text'].includes(name))
      .reduce((chars, { text }) => chars + text.length, 0);
    expect(total).toBeLessThanOrEqual(6_000);
    const foreign = [
      message.content,
      embed.title,
      embed.description ?? '',
      ...embed.fields.map(({ name }) => name),
    ];
    for (const text of foreign) {
      const bare = text.replace(/… \(cut\)$/, '').replace(/\\[^a-z0-9\s]/gi, '');
      expect(bare).not.toMatch(/[*_`[\]()<>@|~]/);
    }
  }
  const many = JSON.stringify(discordMessage(huge));
  expect(many).toContain('… (cut)');
  expect(many).toMatch(/and \d+ more/);
});

test('R-SEC-2: fear: what a person answers in Slack or Discord is not what it looks like', () => {
  const hidden = '\u202edaer\u202c \u2066a\u2069\u200b\u{e0041}\u3164\x1b[31m\x07';
  const one = delivery({
    title: hidden,
    text: hidden,
    path: '/escalations/1',
    facts: [{ name: hidden, value: hidden }],
    options: [{ ...option, label: `Allow ${hidden}`, command: hidden }],
  });
  for (const message of [slackMessage(one, { hasButtons: true }), discordMessage(one)]) {
    const texts = textsOf(message).map(({ text }) => text);
    expect(texts.some((text) => text.startsWith('Allow \ufffddaer\ufffd'))).toBe(true);
    for (const sign of ['\u202e', '\u2066', '\u200b', '\u{e0041}', '\u3164', '\x1b', '\x07'])
      expect(texts.join()).not.toContain(sign);
  }
});

test('the notice of the plain webhook is limited too, and its numbers stay exact', () => {
  expect(JSON.stringify(webhookMessage(huge)).length).toBeLessThan(1_000_000);
  expect(webhookMessage(delivery())).toMatchObject({
    kind: 'escalation.opened',
    options: [
      { cost_usd: 0.12, chance: 0.8, chance_of: 10, is_recommended: true },
      { cost_usd: null, chance: null, is_recommended: false },
    ],
  });
});

test('the webhook is signed, and the signature covers the time', async () => {
  const server = await faulty({ kind: 'reply', status: 204 });
  await channels.webhook?.(server.address).send(delivery(), never);
  const [request] = server.requests;
  const sentAtS = String(clock.now().getTime() / 1_000);
  expect(request?.headers['x-moose-timestamp']).toBe(sentAtS);
  const expected = createHmac('sha256', 'shared-secret').update(`${sentAtS}.${request?.body}`).digest('hex');
  expect(request?.headers['x-moose-signature']).toBe(`sha256=${expected}`);
});
