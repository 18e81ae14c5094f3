// If a project names an image, its setup and checks run in the image, and never outside of it.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { keepImage } from '../../../sessions/images/kept-image.fixture.ts';
import { probeIsolation } from '../../../sessions/isolation/probe-isolation.ts';
import { saveStepResult } from '../../../store/work/runs/runs.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { onRecord } from '../../pipeline/on-record.fixture.ts';
import { preparing } from '../../pipeline/preparing/preparing.ts';
import { preparedProject } from '../prepared/prepared-project.fixture.ts';
import { containerFor, prepareImage, wantedImage } from './project-image.ts';

const shared = sharedDatabase();
const { level } = await probeIsolation();
const isolated = test.skipIf(level !== 'files');
const text = 'docker.io/acme/tools:2';

function project(setup: string, config = 'container:\n  image: acme/tools:2\n') {
  const settings = { isolation: 'auto' } as const;
  return preparedProject(shared(), { setup, settings, files: { '.moose/config.yml': config } });
}

isolated('R-SEC-5: the setup of a project runs in its image, and the session says in which', async () => {
  const at = await project('mkdir deps && cat /etc/os-release > deps/made');
  const { name } = keepImage(at.work.settings.dataDirectory, { text, isAnonymous: true });
  expect(await preparing(at.work)).toMatchObject({ end: 'done', result: { way: 'setup', image: name } });
  expect(await at.read('deps/made')).toBe('ID=image\n');
  const [session] = await sessionsOf(at.work.database.query, at.work.order.id);
  expect(session).toMatchObject({ isolation: 'files', image: name, exitCode: 0 });
});

/** In a separate step: the results of earlier steps are read again. */
const later = <Step extends object>(work: Step): Step => ({ ...work });

isolated(
  'R-SEC-5: a tag that has moved changes no running work order, and the next one has the new image',
  async () => {
    const at = await project('mkdir deps && cat /opt/own/version > deps/made');
    const { dataDirectory } = at.work.settings;
    const first = keepImage(dataDirectory, { text, isAnonymous: true });
    const end = await preparing(at.work);
    if (end.end !== 'done') throw new Error(end.end);
    expect(end.result).toMatchObject({ image: first.name, imageId: first.id });
    await at.work.database.transaction((query) =>
      saveStepResult(query, {
        runId: at.work.run.id,
        workOrderId: at.work.order.id,
        step: 'preparing',
        cycle: 0,
        result: end.result,
        startedAt: new Date(),
      }),
    );
    const moved = keepImage(dataDirectory, { text, isAnonymous: true, id: 'c'.repeat(64) });
    expect(await containerFor(later(at.work))).toMatchObject({ image: { id: first.id, name: first.name } });
    expect(await prepareImage(later(at.work), at.routed.baseSha)).toMatchObject({ id: first.id });
    // An image that a person names later applies when the work is prepared again.
    at.work.project.settings.image = 'none';
    expect(await containerFor(later(at.work))).toMatchObject({ image: { id: first.id } });
    delete at.work.project.settings.image;
    const next = await project('true');
    Object.assign(next.work.settings, { dataDirectory });
    expect(await prepareImage(next.work, next.routed.baseSha)).toMatchObject({ id: moved.id });
  },
);

isolated('R-SEC-5: work that was prepared without an image goes on without one', async () => {
  const at = await project('true', 'setup: "true"\n');
  await at.work.database.transaction((query) =>
    saveStepResult(query, {
      runId: at.work.run.id,
      workOrderId: at.work.order.id,
      step: 'preparing',
      cycle: 0,
      result: { way: 'nothing', commands: [], key: null },
      startedAt: new Date(),
    }),
  );
  at.work.project.settings.image = 'acme/tools:2';
  expect(await containerFor(later(at.work))).toBeNull();
});

isolated('fear: an image in which nothing runs is found when an agent has been paid', async () => {
  const at = await project('true');
  const { rootPath } = keepImage(at.work.settings.dataDirectory, { text, isAnonymous: true });
  rmSync(join(rootPath, 'usr/bin'), { recursive: true });
  mkdirSync(join(rootPath, 'usr/bin'));
  await expect(preparing(at.work)).rejects.toMatchObject({ code: 'CONTAINER_IMAGE_UNUSABLE' });
  expect((await onRecord(at.work)).sessions).toEqual([]);
});

test('an image that this machine cannot fetch stops the work before a session starts', async () => {
  const at = await project('true');
  at.work.settings.checkEnvironment = { PATH: '/nowhere' };
  await expect(preparing(at.work)).rejects.toMatchObject({
    code: 'CONTAINER_ENGINE_MISSING',
    failureClass: 'dependency_missing',
  });
  expect((await onRecord(at.work)).sessions).toEqual([]);
});

test('R-SEC-5: a repository names images of public registries only, and a person any', () => {
  const file = { container: { image: 'registry.internal/tools' } };
  expect(() => wantedImage({}, file)).toThrow(
    expect.objectContaining({ code: 'CONTAINER_IMAGE_NOT_ALLOWED' }),
  );
  expect(wantedImage({ image: 'registry.internal/own:1' }, file)).toEqual({
    reference: { registry: 'registry.internal', text: 'registry.internal/own:1', isPinned: false },
    isAnonymous: false,
  });
  expect(wantedImage({ image: 'none' }, file)).toBeNull();
  expect(wantedImage({}, { container: { image: 'node:24' } })).toMatchObject({ isAnonymous: true });
  expect(wantedImage({}, null)).toBeNull();
});
