// Mission Control with a project, for tests of the pages of specs.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { serve } from '../../src/app/serve.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { openChromium, type Size, signIn, type Theme } from '../browser/open-chromium.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { makeRepository, startFiles } from './repository.fixture.ts';

export interface SpecPages {
  ground: Ground;
  project: string;
  url: string;
  /** A page that somebody has signed in to. The test fails if the page reports an error. */
  open(size: Size, theme?: Theme): Promise<Page>;
  /** The ID of a spec that the Architect has planned so. */
  planned(name: string, plan: Plan): Promise<string>;
  close(): Promise<void>;
}

/** @param files of its repository, besides the usual ones */
export async function openSpecPages(files: Record<string, string> = {}): Promise<SpecPages> {
  const ground = await openGround();
  const { moose } = ground.opened;
  const repository = await makeRepository(join(ground.directory, 'shop'), {
    ...startFiles,
    '.moose/config.yml': "setup:\n  - 'true'\nchecks:\n  - kind: test\n    command: 'true'\n",
    ...files,
  });
  const project = (await moose.projects.add({ repository, name: 'shop' })).project.name;
  const version = { version: '0.0.0', port: 0, worker: () => null };
  const serving = await serve(ground.opened, ground.config, version);
  const { url } = serving;
  const chromium = await openChromium();
  return {
    ground,
    project,
    url,
    async open(size, theme = 'light') {
      const { page, errors } = await chromium.open({ size, theme });
      const name = `${size}-${theme}-${randomUUID()}`;
      const { token } = await moose.tokens.create({ name, role: 'admin', person: 'ada' });
      await signIn(page, url, token);
      onTestFinished(async () => {
        expect(errors).toEqual([]);
        await page.context().close();
      });
      return page;
    },
    async planned(name, plan) {
      ground.answer(`Plan: ${name}`, () => ({ raw: JSON.stringify(plan) }));
      const { id } = await moose.specs.upload({ name, content: `# ${name}\n\nBuild it.\n`, project });
      await moose.specs.plan(id);
      const state = async () => (await moose.specs.planning(id))?.state;
      await expect.poll(state).toBe('planned');
      return id;
    },
    async close() {
      await chromium.close();
      await serving.close();
      await ground.close();
    },
  };
}

/** Pictures for a person who looks at the pages: MOOSE_PICTURES=/tmp/pictures. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.MOOSE_PICTURES;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

export async function expectNoOverflow(page: Page): Promise<void> {
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
}
