import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import type { LiveMessage } from '../../../src/contract/contract.ts';
import { connectLive, type LiveOutside, type LiveState } from './live-connection.ts';

const hello = (server: string, cursor: string): LiveMessage => ({ type: 'hello', server, cursor });
const changed = (id: string, cursor: string): LiveMessage => ({
  type: 'events',
  cursor,
  events: [{ id, topic: 'spec', subject: id, work_order_id: null, at: '2026-01-01T00:00:00Z', detail: {} }],
});

/** A socket that the test controls. */
class Socket {
  readonly cursor: string | null;
  isClosed = false;
  private readonly listening: {
    message?: (event: { data: unknown }) => void;
    close?: (event: { code: number }) => void;
  } = {};
  constructor(cursor: string | null) {
    this.cursor = cursor;
  }
  addEventListener(kind: 'message' | 'close', listen: (event: never) => void) {
    Object.assign(this.listening, { [kind]: listen });
  }
  close() {
    this.isClosed = true;
  }
  says(message: LiveMessage | string) {
    this.listening.message?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }
  breaks(code = 1006) {
    this.listening.close?.({ code });
  }
}

function connected(given: { kept?: string; random?: number } = {}) {
  const sockets: Socket[] = [];
  const told: string[] = [];
  const states: LiveState['kind'][] = [];
  let kept = given.kept ?? null;
  let wake = () => {};
  const outside: LiveOutside = {
    open: (cursor) => {
      const socket = new Socket(cursor);
      sockets.push(socket);
      return socket;
    },
    readCursor: () => kept,
    writeCursor: (cursor) => {
      kept = cursor;
    },
    now: () => Date.now(),
    random: () => given.random ?? 1,
    onWake: (look) => {
      wake = look;
      return () => {
        wake = () => {};
      };
    },
  };
  const close = connectLive(outside, {
    onEvents: (events) => told.push(...events.map(({ id }) => id)),
    onResync: () => told.push('resync'),
    onState: ({ kind }) => states.push(kind),
    onSignedOut: () => told.push('signed out'),
  });
  onTestFinished(close);
  const newest = () => sockets.at(-1) as Socket;
  return { sockets, newest, told, states, kept: () => kept, wake: () => wake(), close };
}

describe('with fake timers', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('it continues at its cursor and reports what it receives', () => {
    const live = connected();
    expect(live.newest().cursor).toBeNull();
    live.newest().says(hello('a', '10'));
    live.newest().says(changed('one', '11'));
    live.newest().breaks();
    vi.advanceTimersByTime(300);
    expect(live.newest().cursor).toBe('11');
    live.newest().says(hello('a', '11'));
    live.newest().says(changed('two', '12'));
    expect(live.told).toEqual(['resync', 'one', 'two']);
    expect([live.kept(), live.states, live.sockets.length]).toEqual([
      '12',
      ['live', 'reconnecting', 'live'],
      2,
    ]);
  });

  test('a reloaded page continues too, and reads nothing twice', () => {
    const live = connected({ kept: '7:5' });
    expect(live.newest().cursor).toBe('7:5');
    live.newest().says(hello('a', '7:5'));
    expect(live.told).toEqual([]);
  });

  test('a lost cursor and another server cause a full reload', () => {
    const live = connected({ kept: '7' });
    live.newest().says(hello('a', '7'));
    live.newest().says({ type: 'resync', cursor: '90' });
    live.newest().breaks(1001);
    vi.advanceTimersByTime(300);
    expect(live.newest().cursor).toBe('90');
    live.newest().says(hello('b', '90'));
    expect(live.told).toEqual(['resync', 'resync']);
  });

  test('the fear: all clients keep hitting an unreachable server', () => {
    const live = connected({ random: 0 });
    const delays: number[] = [];
    for (let times = 0; times < 8; times++) {
      const { length } = live.sockets;
      live.newest().breaks();
      let waitedMs = 0;
      for (; live.sockets.length === length; waitedMs += 50) vi.advanceTimersByTime(50);
      delays.push(waitedMs);
    }
    expect(delays).toEqual([150, 300, 600, 1_200, 2_400, 4_800, 5_000, 5_000]);
    live.newest().says(hello('a', '1'));
    live.newest().breaks();
    vi.advanceTimersByTime(150);
    expect(live.sockets).toHaveLength(10);
  });

  test('the fear: a laptop that has slept shows old data as live', () => {
    const live = connected();
    live.newest().says(hello('a', '1'));
    vi.advanceTimersByTime(20_000);
    live.newest().says({ type: 'still_here' });
    vi.advanceTimersByTime(20_000);
    expect(live.sockets).toHaveLength(1);
    vi.setSystemTime(Date.now() + 3_600_000);
    live.wake();
    expect(live.states).toEqual(['live', 'reconnecting']);
    expect(live.sockets[0]?.isClosed).toBe(true);
    vi.advanceTimersByTime(300);
    expect(live.newest().cursor).toBe('1');
    // Late events of the abandoned socket are ignored.
    live.sockets[0]?.says(changed('late', '99'));
    live.sockets[0]?.breaks();
    expect([live.told, live.sockets.length]).toEqual([['resync'], 2]);
  });

  test('a silent connection is dropped, and one that never opens too', () => {
    const live = connected();
    vi.advanceTimersByTime(26_300);
    expect(live.sockets.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    live.newest().says(hello('a', '1'));
    vi.advanceTimersByTime(26_300);
    expect(live.sockets.map(({ isClosed }) => isClosed)).toEqual([true, true, false]);
  });

  test('its state is away some time after a lost connection; when the page wakes up, it retries immediately', () => {
    const live = connected();
    live.newest().says(hello('a', '1'));
    for (let times = 0; times < 7; times++) {
      live.newest().breaks();
      vi.advanceTimersByTime(times < 6 ? 10_000 : 1_000);
    }
    expect(live.states).toEqual(['live', 'reconnecting', 'away']);
    const { length } = live.sockets;
    live.wake();
    live.wake();
    expect(live.sockets).toHaveLength(length + 1);
    live.newest().says(hello('a', '1'));
    vi.advanceTimersByTime(9_000);
    expect(live.sockets).toHaveLength(length + 1);
    expect(live.states.at(-1)).toBe('live');
  });

  test('it reports a sign-out, ignores invalid messages, and is silent once closed', () => {
    const live = connected({ kept: '1' });
    live.newest().says(hello('a', '1'));
    for (const text of ['', 'null', '{', '[]', '{"type":"later"}', '7']) live.newest().says(text);
    expect(live.told).toEqual([]);
    live.newest().breaks(1008);
    expect(live.told).toEqual(['signed out']);
    live.close();
    vi.advanceTimersByTime(60_000);
    live.wake();
    expect(live.sockets).toHaveLength(1);
  });
});

test('R-UI-1: it reconnects over a real socket with its cursor', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked: string[] = [];
  const all = Promise.withResolvers<string[]>();
  server.on('connection', (socket: ServerSocket, { url = '' }) => {
    asked.push(url);
    socket.send(JSON.stringify(hello('a', '1')));
    socket.send(JSON.stringify(changed(`${asked.length}`, `${asked.length + 1}`)));
    if (asked.length < 3) socket.close(1001, 'Moose is stopping');
  });
  const told: string[] = [];
  const close = connectLive(
    {
      open: (cursor) => new WebSocket(`ws://127.0.0.1:${port}/?cursor=${cursor ?? ''}`),
      readCursor: () => null,
      writeCursor: () => {},
      now: () => Date.now(),
      random: () => 0,
      onWake: () => () => {},
    },
    {
      onEvents: (events) => {
        told.push(...events.map(({ id }) => id));
        if (told.length === 3) all.resolve(told);
      },
      onResync: () => {},
      onState: () => {},
      onSignedOut: () => {},
    },
  );
  onTestFinished(close);
  expect(await all.promise).toEqual(['1', '2', '3']);
  expect(asked).toEqual(['/?cursor=', '/?cursor=2', '/?cursor=3']);
});
