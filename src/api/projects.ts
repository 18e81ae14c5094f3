// Projects: an admin adds, changes and removes them.

import { isAbsolute } from 'node:path';
import type { ProjectSetting } from '../contract/contract.ts';
import {
  changeProject,
  createProject,
  listProjectSettings,
  listProjects,
  listProjectVariables,
  removeProject,
  removeProjectVariable,
  rotateVariablesKey,
  setProjectVariable,
  showProject,
  showProjectBaseline,
  showProjectValues,
  showVariablesKey,
} from '../contract/operations/projects.ts';
import type { PermanentError } from '../domain/failure.ts';
import { projectSettingRows } from '../domain/project-settings/project-settings.ts';
import { isRemoteAddress, shownAddress } from '../git/remote/remote-address.ts';
import { apiFailures } from './failure-catalogue.ts';
import type { Api } from './request/api.ts';

const settingForms: ProjectSetting[] = projectSettingRows.flatMap(
  ([key, { kind, form, words = {}, unset = null, person }]) => {
    if (form === undefined) return [];
    const { card, label = null, help, buttons = null } = form;
    const choices = Object.entries(words).map(([value, each]) => ({ value, words: each }));
    return [{ key, kind, card, label, help, choices, unset, buttons, for_people: person !== undefined }];
  },
);

export function addProjects(api: Api): void {
  api.openapi(listProjects, async (c) => {
    return c.json({ items: await c.get('moose').projects.list() }, 200);
  });
  api.openapi(listProjectSettings, (c) => c.json({ items: settingForms }, 200));
  api.openapi(showProject, async (c) =>
    c.json(await c.get('moose').projects.one(c.req.valid('param').id), 200),
  );
  api.openapi(showProjectValues, async (c) =>
    c.json(await c.get('moose').projects.values(c.req.valid('param').id), 200),
  );
  api.openapi(showProjectBaseline, async (c) =>
    c.json(await c.get('moose').projects.baseline(c.req.valid('param').id), 200),
  );
  api.openapi(listProjectVariables, async (c) => {
    const items = await c.get('moose').projects.variables.list(c.req.valid('param').id);
    return c.json({ items }, 200);
  });
  addVariableChanges(api);
  api.openapi(createProject, async (c) => {
    const wish = c.req.valid('json');
    if (!isAbsolute(wish.repository) && !isRemoteAddress(wish.repository)) throw relative(wish.repository);
    const moose = c.get('moose');
    const detail = { ...wish, repository: shownAddress(wish.repository) };
    const entry = { subject: detail.repository, detail };
    return c.json(await c.get('audit').write(entry, () => moose.projects.add(wish)), 201);
  });
  api.openapi(removeProject, async (c) => {
    const moose = c.get('moose');
    const { id, name } = await moose.projects.one(c.req.valid('param').id);
    return c.json(await c.get('audit').write({ subject: name }, () => moose.projects.remove(id)), 200);
  });
  api.openapi(changeProject, async (c) => {
    const { id } = c.req.valid('param');
    const change = c.req.valid('json');
    const moose = c.get('moose');
    const { name } = await moose.projects.one(id);
    const entry = { subject: name, detail: change };
    const changed = await c.get('audit').write(entry, () => moose.projects.change(id, change));
    return c.json(changed, 200);
  });
}

function addVariableChanges(api: Api): void {
  api.openapi(showVariablesKey, async (c) => c.json(await c.get('moose').projects.variables.key(), 200));
  api.openapi(rotateVariablesKey, async (c) => {
    const rotate = () => c.get('moose').projects.variables.rotate();
    return c.json(await c.get('audit').write({ subject: 'all projects' }, rotate), 200);
  });
  api.openapi(setProjectVariable, async (c) => {
    const { id, name } = c.req.valid('param');
    const { value, is_secret, for: sessions } = c.req.valid('json');
    const { variables } = c.get('moose').projects;
    const { name: subject } = await c.get('moose').projects.one(id);
    // The audit log never contains the variable's value.
    const detail = { name, is_secret: is_secret ?? null, for: sessions ?? null };
    const given = {
      name,
      value,
      ...(is_secret === undefined ? {} : { is_secret }),
      ...(sessions === undefined ? {} : { for: sessions }),
    };
    return c.json(await c.get('audit').write({ subject, detail }, () => variables.set(id, given)), 200);
  });
  api.openapi(removeProjectVariable, async (c) => {
    const { id, name } = c.req.valid('param');
    const { variables } = c.get('moose').projects;
    const { name: subject } = await c.get('moose').projects.one(id);
    await c.get('audit').write({ subject, detail: { name } }, () => variables.remove(id, name));
    return c.json({ items: await variables.list(id) }, 200);
  });
}

/** A relative path would be relative to the folder in which Moose was started. */
function relative(path: string): PermanentError {
  return apiFailures.REPOSITORY_PATH_RELATIVE('add project', { path: shownAddress(path).slice(0, 200) });
}
