// Runs the services of a worktree next to its agent or its checks: each starts when the services that it needs are
// ready, is restarted once if it ends, and all are stopped, with proof, when the step ends (R-PROJ-4).

import { type ConfigurationError, isMooseError, type MooseError } from '../../../domain/failure.ts';
import { type Daemon, previewOf, sharedNetworkName } from '../../../domain/machine/daemon.ts';
import type { SessionEnd } from '../../../domain/machine/session.ts';
import type { Step } from '../../../domain/transitions.ts';
import { findProcess } from '../../../sessions/find-process.ts';
import { findNetwork } from '../../../sessions/isolation/find-network.ts';
import { isProcessAlive } from '../../../sessions/survey.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import { type SessionRow, updateSession } from '../../../store/work/sessions/session-rows.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { fenced, type Work } from '../../run/work.ts';
import { variablesFor, withoutGiven } from '../sessions/session-variables.ts';
import { withVariables } from '../sessions/with-variables.ts';
import { worktreeVariables } from '../sessions/worktree-variables.ts';
import { assertPort } from './assert-port.ts';
import { canShare } from './can-share.ts';
import { died, endedEarly, notReady, tooLate } from './daemon-failure.ts';
import type { DaemonPlan } from './daemon-plan.ts';
import { type Left, takeLeft } from './left-daemons.ts';
import { Released } from './released.ts';
import { type Beside, runInBackground } from './run-in-background.ts';
import { ProbeEnded, untilReady } from './until-ready.ts';

export interface DaemonsAsk {
  plan: DaemonPlan;
  worktreePath: string;
  step: Step;
  /** A prefix for the names of the sessions: the services of another checkout are separate ones. */
  prefix?: string;
}

export interface RunningDaemons {
  /** The work for sessions that use these services. */
  work: Work;
  /** Waits until all services are ready again. @throws MooseError if one is not */
  stand(): Promise<void>;
  /** Why a service has ended: a session that failed meanwhile proves nothing. `sessionId`: that session. */
  failure(sessionId?: string): Promise<MooseError | null>;
  /** Stops all services, with proof. If Moose itself stops, they keep running, and the next Moose adopts them. */
  stop(): Promise<void>;
}

const networkMsMax = 10_000;
const networkLookMs = 20;
const restartsMax = 1;
/** A service needs some time to end after its last answer, and more on a busy machine. */
const endLooksMax = 40;
const endLookMs = 50;

/** @throws ConfigurationError SERVICE_NOT_READY; then none of the services runs */
export async function startDaemons(work: Work, ask: DaemonsAsk): Promise<RunningDaemons> {
  const group = new DaemonGroup(work, ask);
  try {
    await group.start();
    return group;
  } catch (cause) {
    await group.stop();
    throw cause;
  }
}

interface Running {
  service: Daemon;
  beside: Beside;
  restarts: number;
}

class DaemonGroup implements RunningDaemons {
  readonly work: Work;
  readonly #ask: DaemonsAsk;
  readonly #prefix: string;
  readonly #ending = new AbortController();
  readonly #running = new Map<string, Running>();
  readonly #deaths: { service: Pick<Daemon, 'name' | 'command'>; session: SessionRow; end: SessionEnd }[] =
    [];
  readonly #attempts = new Map<string, number>();
  #restarting: Promise<unknown> = Promise.resolve();
  #broken: unknown = null;
  #holder: Beside | null = null;
  #networkPid: number | null = null;
  #left: Left | null = null;
  #variables: Record<string, string> = {};

  constructor(work: Work, ask: DaemonsAsk) {
    this.#ask = ask;
    this.#prefix = ask.prefix ?? '';
    const { environment } = ask.plan;
    this.work = { ...work, checkVariables: environment, daemonsNetwork: async () => this.#networkPid };
  }

  async start(): Promise<void> {
    const { plan, worktreePath } = this.#ask;
    const hasHolder = plan.network === 'none' && (await canShare(this.work));
    this.#left = await takeLeft(this.work, {
      worktreePath,
      names: plan.services.map(({ name }) => this.#prefix + name),
      holder: hasHolder ? this.#prefix + sharedNetworkName : null,
    });
    this.#variables = await worktreeVariables(this.work, worktreePath);
    if (hasHolder) await this.#openNetwork();
    const ready = new Map<string, Promise<void>>();
    for (const service of plan.services) {
      const needed = Promise.all(service.needs.map((name) => ready.get(name)));
      const begun = needed.then(() => this.#begin(service, 0));
      // If one service fails, the others are stopped, because their failures would only follow from it.
      begun.catch((cause: unknown) => this.#ending.abort(cause));
      ready.set(service.name, begun);
    }
    const ends = await Promise.allSettled(ready.values());
    if (ends.some(({ status }) => status === 'rejected')) throw this.#ending.signal.reason;
  }

  async stand(): Promise<void> {
    await this.#restarting;
    if (this.#broken !== null) throw this.#broken;
  }

  async failure(sessionId?: string): Promise<MooseError | null> {
    await this.#noticeDeaths();
    if (isMooseError(this.#broken)) return this.#broken;
    const [first] = this.#deaths;
    return first ? died(this.work, first.service, this.#ask.step, { ...first, sessionId }) : null;
  }

  async stop(): Promise<void> {
    const { signal } = this.work;
    this.#ending.abort(new Released());
    await this.#restarting;
    const all = [...this.#running.values()].map(({ beside }) => beside).reverse();
    if (this.#holder) all.push(this.#holder);
    if (signal.aborted) {
      // A cancel stops the services here; otherwise a Moose that stops leaves them to the next one.
      await Promise.allSettled(all.map(({ ended }) => ended));
      return;
    }
    // The process that took over the run has adopted the services.
    await fenced(this.work, async () => undefined);
    const failures: unknown[] = [];
    for (const beside of all) await beside.release().catch((cause: unknown) => failures.push(cause));
    const unended = failures.find((cause) => !isMooseError(cause) || cause.code === 'SESSION_STOP_UNPROVEN');
    if (unended !== undefined) throw unended;
  }

  /** If an earlier Moose left this service, the first attempt is that session. */
  #attempt(name: string): number {
    const attempt = (this.#attempts.get(name) ?? (this.#left?.attemptOf(name) ?? 1) - 1) + 1;
    this.#attempts.set(name, attempt);
    return attempt;
  }

  async #openNetwork(): Promise<void> {
    const name = this.#prefix + sharedNetworkName;
    const holder = runInBackground(
      { ...this.work, daemonsNetwork: async () => null },
      {
        name,
        attempt: this.#attempt(name),
        cwd: this.#ask.worktreePath,
        network: 'none',
        isOutsideImage: true,
        prepare: async () => ({
          argv: ['/bin/sh', '-c', 'exec tail -f /dev/null'],
          env: this.work.settings.checkEnvironment,
        }),
      },
    );
    this.#holder = holder;
    const session = await holder.started;
    const handle = await findProcess(session.directory);
    const giveUpAt = performance.now() + networkMsMax;
    while (handle && !holder.hasEnded() && performance.now() < giveUpAt) {
      this.#networkPid = await findNetwork(handle);
      if (this.#networkPid !== null) return;
      await sleep(networkLookMs, this.work.signal);
    }
    const advice = '`moose doctor` shows whether sessions can be isolated here.';
    const what = 'has no network: the session that holds it did not start';
    throw await notReady(this.work, { name, command: '' }, this.#ask.step, { what, advice }, session);
  }

  async #begin(service: Daemon, restarts: number): Promise<void> {
    const name = this.#prefix + service.name;
    const isAdopted = restarts === 0 && this.#left?.isAdopted(name) === true;
    const portBase = Number(this.#variables.MOOSE_PORT_BASE ?? 0);
    if (!isAdopted)
      await assertPort(this.work, service, { step: this.#ask.step, portBase, networkPid: this.#networkPid });
    this.#ending.signal.throwIfAborted();
    const beside = runInBackground(this.work, {
      name,
      attempt: this.#attempt(name),
      cwd: this.#ask.worktreePath,
      network: this.#ask.plan.network,
      previewUrl: previewOf(service, portBase),
      prepare: () => this.#prepare(['sh', '-c', service.command]),
    });
    this.#running.set(name, { service, beside, restarts });
    const session = await beside.started;
    // The service ended while no Moose was running.
    if (isAdopted && beside.hasEnded()) return this.#begin(service, restarts + 1);
    if (session.readyAt === null) await this.#awaitReady(service, beside, session, portBase);
    if (beside.hasEnded()) throw await this.#notReady(service, beside, session);
    void beside.ended.then(
      (ended) => this.#ended({ service, beside, restarts }, ended),
      (cause: unknown) => {
        if (!this.work.signal.aborted) this.#broken ??= cause;
      },
    );
  }

  async #prepare(argv: readonly [string, ...string[]]) {
    const { settings, checkVariables = {} } = this.work;
    const given = await variablesFor(this.work, ['checks']);
    return {
      argv: withVariables(withoutGiven(checkVariables, given), argv),
      env: { ...settings.checkEnvironment, ...given, ...this.#variables },
    };
  }

  async #awaitReady(service: Daemon, beside: Beside, session: SessionRow, portBase: number): Promise<void> {
    const over = new AbortController();
    const stopWaiting = () => over.abort(new Released());
    void beside.ended.then(stopWaiting, stopWaiting);
    const late = AbortSignal.timeout(service.timeoutMs);
    const { signal } = this.work;
    try {
      await untilReady({
        service,
        session,
        portBase,
        networkPid: this.#networkPid,
        probe: async (argv) => this.#probe(service, argv),
        signal: AbortSignal.any([signal, over.signal, late, this.#ending.signal]),
      });
    } catch (cause) {
      signal.throwIfAborted();
      this.#ending.signal.throwIfAborted();
      if (!late.aborted && !over.signal.aborted && !(cause instanceof ProbeEnded)) throw cause;
      throw await this.#notReady(service, beside, session);
    }
    await fenced(this.work, async (query) => {
      const readyAt = this.work.clock.now();
      session.readyAt = readyAt;
      await updateSession(query, session.id, { readyAt });
      await recordEvent(query, {
        workOrderId: this.work.order.id,
        kind: 'service.ready',
        actor: service.name,
        detail: { sessionId: session.id, url: this.#networkPid === null ? session.previewUrl : null },
      });
    });
    this.work.reached('service:ready', this.work.run.id);
  }

  #probe(service: Daemon, argv: readonly [string, ...string[]]): Beside {
    const name = `${this.#prefix}${service.name} ready`;
    return runInBackground(this.work, {
      name,
      attempt: this.#attempt(name),
      cwd: this.#ask.worktreePath,
      network: this.#ask.plan.network,
      prepare: () => this.#prepare(argv),
    });
  }

  async #notReady(service: Daemon, beside: Beside, session: SessionRow): Promise<ConfigurationError> {
    const { step } = this.#ask;
    const trouble = beside.hasEnded()
      ? endedEarly(service, step, (await beside.ended).end)
      : tooLate(service, step);
    return notReady(this.work, service, step, trouble, session);
  }

  #ended(was: Running, { session, end }: { session: SessionRow; end: SessionEnd }): void {
    if (this.#ending.signal.aborted || this.work.signal.aborted) return;
    this.#deaths.push({ service: was.service, session, end });
    if (was.restarts >= restartsMax) {
      this.#restarting = this.#restarting.then(async () => {
        this.#broken ??= await died(this.work, was.service, this.#ask.step, { session, end });
      });
      return;
    }
    this.#restarting = this.#restarting
      .then(() => this.#begin(was.service, was.restarts + 1))
      .catch((cause: unknown) => {
        if (!(cause instanceof Released)) this.#broken ??= cause;
      });
  }

  /** A watcher may not have noticed an end yet, and a process closes its connections before it has ended. */
  async #noticeDeaths(): Promise<void> {
    for (let looks = 0; looks < endLooksMax && this.#deaths.length === 0; looks += 1) {
      await sleep(endLookMs, this.work.signal);
      await endOfDead([...this.#running.values()].map(({ beside }) => beside));
    }
    if (this.#holder?.hasEnded() !== true || this.#deaths.length > 0) return;
    const service = { name: this.#prefix + sharedNetworkName, command: '' };
    this.#deaths.push({ service, ...(await this.#holder.ended) });
  }
}

/** Waits until the ends of those that are dead are recorded; a living one is not waited for. */
async function endOfDead(besides: readonly Beside[]): Promise<void> {
  for (const beside of besides) {
    if (beside.hasEnded()) continue;
    const handle = await findProcess((await beside.started).directory);
    if (handle !== null && !(await isProcessAlive(handle))) await beside.ended;
  }
}
