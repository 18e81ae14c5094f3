import { expect, test } from 'vitest';
import { until } from '../stdx/async/until.fixture.ts';
import { type Ground, lockGround, type Opened } from './scratch-locks.fixture.ts';

test('of two processes that want a lock, one has it until it releases it', async () => {
  const ground = await lockGround();
  const [one, other] = [await ground.open(), await ground.open()];
  expect(await one.locks.tryLock('a')).toBe(true);
  expect(await other.locks.tryLock('a')).toBe(false);
  expect(await other.locks.tryLock('b')).toBe(true);
  await one.locks.unlock('a');
  expect(await other.locks.tryLock('a')).toBe(true);
});

test('R-BASE-2: the locks of a holder whose connection died are free immediately', async () => {
  const ground = await lockGround();
  // The lock holder gets no time to reconnect, because then it would take the lock again.
  const [dead, living] = [await ground.open(0), await ground.open()];
  await dead.locks.tryLock('a');
  await ground.cut(dead.pid);
  expect(await living.locks.tryLock('a')).toBe(true);
});

test('a connection that is cut while the server runs is restored, with every lock that was held', async () => {
  const ground = await lockGround();
  const [one, other] = [await ground.open(), await ground.open()];
  const names = ['executor:1', 'slot:x:0', 'slot:y:3'];
  for (const name of names) await one.locks.tryLock(name);
  await one.locks.tryLock('given back');
  await one.locks.unlock('given back');
  await ground.cut(one.pid);
  // The next statement of `one` waits until it has reconnected.
  expect(await one.locks.tryLock('new')).toBe(true);
  for (const name of [...names, 'new']) expect(await other.locks.tryLock(name)).toBe(false);
  expect(await other.locks.tryLock('given back')).toBe(true);
  expect(one.lost).toEqual([]);
});

test('a statement whose connection is cut is repeated, so the caller gets no failure', async () => {
  const ground = await lockGround();
  const { locks, lost, pid } = await ground.open();
  const asked = Array.from({ length: 200 }, (_, index) => locks.tryLock(`lock ${index}`));
  await Promise.race(asked);
  const cut = ground.cut(pid);
  expect(await Promise.all(asked)).not.toContain(false);
  await cut;
  expect(lost).toEqual([]);
});

test('a connection that is cut again and again is restored each time', async () => {
  const ground = await lockGround();
  const { locks, lost } = await ground.open();
  await locks.tryLock('a');
  for (let n = 0; n < 5; n++) {
    for (const pid of await ground.pids()) await ground.cut(pid);
    expect(await locks.tryLock(`after ${n}`)).toBe(true);
  }
  expect(lost).toEqual([]);
});

test('a connection that cannot be restored is reported once, and every later call fails with the same error', async () => {
  const ground = await lockGround();
  const { locks, lost } = await ground.open(300);
  await locks.tryLock('executor:1');
  await ground.drop();
  await until('the loss was told', () => lost.length > 0);
  for (const call of [locks.tryLock('b'), locks.unlock('executor:1'), locks.tryLock('c')])
    await expect(call).rejects.toMatchObject({ code: 'EXECUTOR_LOCK_LOST' });
  expect(lost).toMatchObject([{ code: 'EXECUTOR_LOCK_LOST', retryable: true }]);
});

test('R-BASE-2: while a lost connection cannot be restored, a stop ends every wait for it', async () => {
  const ground = await lockGround();
  const stop = new AbortController();
  const { locks, lost } = await ground.open(undefined, stop.signal);
  await locks.tryLock('a');
  await ground.drop();
  const ended: string[] = [];
  const waiting = [locks.tryLock('b'), locks.unlock('a'), locks.ask('select 1', [])];
  for (const wait of waiting)
    wait.then(
      () => ended.push('has it'),
      () => ended.push('failed'),
    );
  stop.abort();
  await until('every wait has ended', () => ended.length === waiting.length, 3_000);
  expect(ended).toEqual(['failed', 'failed', 'failed']);
  expect(lost).toEqual([]);
});

/** Cuts all other connections until `other` gets the lock first. */
async function takeInABlink(ground: Ground, other: Opened, name: string): Promise<void> {
  let isTaken = false;
  const taking = (async () => {
    while (!isTaken) isTaken = await other.locks.tryLock(name);
  })();
  await until(`${name} is taken`, async () => {
    for (const pid of await ground.pids()) if (pid !== other.pid && !isTaken) await ground.cut(pid);
    return isTaken;
  });
  await taking;
}

test('a lock that proves that its holder is alive is lost permanently if another process has it', async () => {
  const ground = await lockGround();
  const [one, other] = [await ground.open(500), await ground.open()];
  await one.locks.tryLock('executor:1');
  await takeInABlink(ground, other, 'executor:1');
  await until('the loss was told', () => one.lost.length > 0);
  await expect(one.locks.tryLock('a')).rejects.toMatchObject({ code: 'EXECUTOR_LOCK_LOST' });
  expect(one.lost).toHaveLength(1);
});

test('fear: after a short break of its connection a process must end, because another one took one of its slots', async () => {
  const ground = await lockGround();
  const [one, other] = [await ground.open(2_000), await ground.open()];
  await one.locks.tryLock('executor:1');
  await one.locks.tryLock('slot:x:0', 'let it go');
  await takeInABlink(ground, other, 'slot:x:0');
  expect(await one.locks.tryLock('still here')).toBe(true);
  expect(await other.locks.tryLock('executor:1')).toBe(false);
  // Releasing a lock that it no longer holds does not take the lock from its new holder.
  await one.locks.unlock('slot:x:0');
  expect(await one.locks.tryLock('slot:x:0')).toBe(false);
  expect(one.lost).toEqual([]);
});

test('the holder of a lock cannot take it a second time', async () => {
  const ground = await lockGround();
  const { locks } = await ground.open();
  await locks.tryLock('a');
  await expect(locks.tryLock('a')).rejects.toThrow('already held');
});

test('after closing, no loss is reported, and all locks are free', async () => {
  const ground = await lockGround();
  const [one, other] = [await ground.open(), await ground.open()];
  await one.locks.tryLock('a');
  await one.locks.close();
  await until('the lock is free', () => other.locks.tryLock('a'));
  expect(one.lost).toEqual([]);
});

test('fear: the database restarts while two processes take over from a dead one, and the slower one stops too', async () => {
  const ground = await lockGround();
  const [one, other] = [await ground.open(2_000), await ground.open()];
  await one.locks.tryLock('executor:1');
  // As the watcher takes it: what proves that the dead one lives proves nothing about its taker.
  await one.locks.tryLock('executor:dead', 'let it go');
  await takeInABlink(ground, other, 'executor:dead');
  expect(await one.locks.tryLock('still here')).toBe(true);
  await one.locks.unlock('executor:dead');
  expect(one.lost).toEqual([]);
});
