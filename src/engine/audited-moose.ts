// Moose as used from the command line or by an assistant: every requested change is in the audit log before it is made,
// and a refusal is a separate row (R-SEC-1). The HTTP interface writes its own rows.
import { newId, type WorkOrderId } from '../domain/ids.ts';
import { usdNumber } from '../domain/money.ts';
import { shownAddress } from '../git/remote-address.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Database } from '../store/database.ts';
import { audited } from './access/audited.ts';
import { shownPlaces } from './commands/joint-submissions.ts';
import type { SpecSteering } from './commands/steer-spec.ts';
import type { Submission } from './commands/submit.ts';
import type { Moose } from './moose.ts';

export interface AuditedBy {
  database: Database;
  clock: Clock;
  /** Who acts: `human:ada`, `mcp:assistant`. */
  actor: string;
  from: 'cli' | 'mcp';
}

/** A longer value is stored only in the row that was changed. */
const detailCharsMax = 2_000;
const never = new AbortController().signal;

export function auditedMoose(moose: Moose, who: AuditedBy): Moose {
  const write = <T>(act: string, subject: string, detail: object, change: () => Promise<T>): Promise<T> =>
    audited(who.database, { by: who.actor, act, subject, detail: brief(detail, who.from) }, never, change);
  return {
    ...moose,
    ...actsOnWorkOrders(moose, who, write),
    limits: (change = {}) =>
      Object.keys(change).length === 0
        ? moose.limits()
        : write('limits.change', 'budget', change, () => moose.limits(change)),
    excludeWork: (wish) => write('exclusion.add', wish.model, wish, () => moose.excludeWork(wish)),
    startExperiment: (wish) =>
      write('experiment.start', wish.project, wish, () => moose.startExperiment(wish)),
    stopExperiment: (id) => write('experiment.stop', id, {}, () => moose.stopExperiment(id)),
    allowWork: (id) => write('exclusion.revoke', id, {}, () => moose.allowWork(id)),
    resetCircuit: (key) => write('circuit.reset', key, {}, () => moose.resetCircuit(key)),
    openCircuit: (key) => write('circuit.open', key, {}, () => moose.openCircuit(key)),
    cleanup: (given, signal) =>
      given.isPlan
        ? moose.cleanup(given, signal)
        : write('cleanup', 'finished work', {}, () => moose.cleanup(given, signal)),
    reconcile: {
      ...moose.reconcile,
      now: (signal) => write('reconcile', 'all', {}, () => moose.reconcile.now(signal)),
      answer: (given, answer) =>
        write('reconcile.answer', given, { answer }, () => moose.reconcile.answer(given, answer)),
    },
    escalations: {
      ...moose.escalations,
      answer: (id, option, said = {}) =>
        write('escalation.answer', id, { option, ...said }, () => moose.escalations.answer(id, option, said)),
      answerOnce: (id, option, said) =>
        write('escalation.answer', id, { option, ...said }, () =>
          moose.escalations.answerOnce(id, option, said),
        ),
      handOn: (id, owner) =>
        write('escalation.hand_on', id, { owner }, () => moose.escalations.handOn(id, owner)),
      revokePolicy: (id) => write('answer_policy.revoke', id, {}, () => moose.escalations.revokePolicy(id)),
      resolveAlert: (id) => write('alert.resolve', id, {}, () => moose.escalations.resolveAlert(id)),
    },
    settings: {
      ...moose.settings,
      change: (key, change) => write('setting.change', key, change, () => moose.settings.change(key, change)),
      unset: (key) => write('setting.change', key, { value: null }, () => moose.settings.unset(key)),
    },
    forges: {
      ...moose.forges,
      // It names where the credential is, never the credential.
      add: (given) => write('forge.add', given.host, given, () => moose.forges.add(given)),
      remove: (host) => write('forge.remove', host, {}, () => moose.forges.remove(host)),
    },
    projects: {
      ...moose.projects,
      change: (project, change) =>
        write('project.change', project, change, () => moose.projects.change(project, change)),
      add: (wish) => {
        const repository = shownAddress(wish.repository);
        return write('project.add', repository, { ...wish, repository }, () => moose.projects.add(wish));
      },
      variables: {
        ...moose.projects.variables,
        // The audit row never contains the variable's value.
        set: (project, { name, is_secret, for: sessions, ...given }) =>
          write('project.variable.set', project, { name, is_secret, for: sessions }, () =>
            moose.projects.variables.set(project, {
              ...given,
              name,
              ...(is_secret === undefined ? {} : { is_secret }),
              ...(sessions === undefined ? {} : { for: sessions }),
            }),
          ),
        remove: (project, name) =>
          write('project.variable.remove', project, { name }, () =>
            moose.projects.variables.remove(project, name),
          ),
        rotate: () =>
          write('project.variable.rotate', 'all projects', {}, () => moose.projects.variables.rotate()),
      },
      remove: (project) => write('project.remove', project, {}, () => moose.projects.remove(project)),
    },
    specs: {
      ...moose.specs,
      upload: (spec, id = newId<string>(who.clock.now())) =>
        write('spec.upload', id, { name: spec.name, project: spec.project ?? null }, () =>
          moose.specs.upload(spec, id),
        ),
      ...actsOnSpecs(moose, write),
    },
  };
}

type Write = <T>(act: string, subject: string, detail: object, change: () => Promise<T>) => Promise<T>;

/** A missing work order is reported before anything is recorded. */
function actsOnWorkOrders(moose: Moose, { clock }: AuditedBy, write: Write) {
  const act = async <T>(name: string, given: string, detail: object, change: () => Promise<T>): Promise<T> =>
    write(`work_order.${name}`, (await moose.find(given)).id, detail, change);
  const { submit, merge, retry, send, approve, pause, resume, cancel, undo } = moose;
  return {
    submit: (submission: Submission, { id = newId<WorkOrderId>(clock.now()) }: { id?: WorkOrderId } = {}) => {
      const { title, repositoryPath, project, needsApproval = false, bestOf } = submission;
      const place =
        project === undefined ? { repository_path: shownAddress(repositoryPath ?? '') } : { project };
      const many = { ...(bestOf === undefined ? {} : { best_of: bestOf }), ...shownPlaces(submission) };
      const detail = { title, ...place, needs_approval: needsApproval, ...many };
      return write('work_order.submit', id, detail, () => submit(submission, { id }));
    },
    merge: (id: string) => act('merge', id, {}, () => merge(id)),
    retry: (id: string, options: Parameters<Moose['retry']>[1]) =>
      act('retry', id, options, () => retry(id, options)),
    send: (id: string, message: Parameters<Moose['send']>[1]) =>
      act('send', id, message, () => send(id, message)),
    approve: (id: string, because?: string) => act('approve', id, { because }, () => approve(id, because)),
    pause: (id: string, because?: string) => act('pause', id, { because }, () => pause(id, because)),
    resume: (id: string, because?: string) => act('resume', id, { because }, () => resume(id, because)),
    cancel: (id: string) => act('cancel', id, {}, () => cancel(id)),
    undo: (id: string) => act('undo', id, {}, () => undo(id)),
  };
}

function actsOnSpecs({ specs }: Moose, write: Write) {
  const act = async <T>(name: string, given: string, detail: object, change: () => Promise<T>): Promise<T> =>
    write(`spec.${name}`, (await specs.one(given)).id, detail, change);
  return {
    approve: (id: string, options: SpecSteering = {}) =>
      act('approve', id, options, () => specs.approve(id, options)),
    run: (id: string, options: SpecSteering = {}) => act('run', id, options, () => specs.run(id, options)),
    pause: (id: string) => act('pause', id, {}, () => specs.pause(id)),
    resume: (id: string) => act('resume', id, {}, () => specs.resume(id)),
    cancel: (id: string) => act('cancel', id, {}, () => specs.cancel(id)),
    retry: (id: string) => act('retry', id, {}, () => specs.retry(id)),
  };
}

function brief(detail: object, from: string): Record<string, unknown> {
  const entries = Object.entries(detail).flatMap(([name, value]: [string, unknown]) => {
    if (value === undefined) return [];
    if (typeof value === 'bigint') return [[name.replace(/NanoUsd$/, 'Usd'), usdNumber(value)]];
    const length = (JSON.stringify(value) ?? '').length;
    return [[name, length > detailCharsMax ? `${length} characters` : value]];
  });
  return { ...(Object.fromEntries(entries) as Record<string, unknown>), from };
}
