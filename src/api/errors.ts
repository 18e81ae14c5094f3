// Failures: groups, pages, one in full with its reproduction, and the classifier for other programs.

import { isUtf8 } from 'node:buffer';
import type { z } from '@hono/zod-openapi';
import { createWorkerClassifier } from '../classifier/classify-in-worker.ts';
import type { Classification } from '../classifier/failure-case.ts';
import type { errorGroupsQuery } from '../contract/contract.ts';
import {
  classifyFailure,
  listErrorGroups,
  listErrors,
  reproduceError,
  showError,
} from '../contract/operations/errors.ts';
import type { ErrorQuestion } from '../engine/errors/ask-errors.ts';
import type { ReproductionFile } from '../engine/errors/reproduce/reproduction.ts';
import { rangeMs } from '../engine/views/trends.ts';
import { systemClock } from '../stdx/clock.ts';
import { packageRoot } from '../stdx/files/own-files.ts';
import type { Api } from './request/api.ts';
import type { ApiDeps } from './request/api-deps.ts';

export function addErrors(api: Api, { version }: Pick<ApiDeps, 'version'>): void {
  api.openapi(listErrorGroups, async (c) => {
    const answer = await c.get('moose').errors.groups(questionOf(c.req.valid('query')));
    return c.json(answer, 200);
  });
  api.openapi(listErrors, async (c) => {
    const { cursor, limit, code, fingerprint, ...query } = c.req.valid('query');
    const page = await c.get('moose').errors.page(
      {
        ...questionOf(query),
        ...(code === undefined ? {} : { code }),
        ...(fingerprint === undefined ? {} : { fingerprint }),
      },
      { limit, ...(cursor === undefined ? {} : { cursor }) },
    );
    return c.json(page, 200);
  });
  api.openapi(showError, async (c) => c.json(await c.get('moose').errors.one(c.req.valid('param').id), 200));
  api.openapi(reproduceError, async (c) => {
    const asked = c.req.valid('query');
    const tools = {
      nodePath: asked.node_path ?? process.execPath,
      moosePath: asked.moose_path ?? packageRoot,
      version: asked.version ?? version,
    };
    const { error, kind, does, expects, files } = await c
      .get('moose')
      .errors.reproduction(c.req.valid('param').id, tools);
    return c.json({ error_id: error.id, kind, does, expects, files: files.map(fileOf) }, 200);
  });
  const classify = createWorkerClassifier();
  api.openapi(classifyFailure, async (c) => {
    const { cmd, exit_code, http_status, http_headers, http_body, ...same } = c.req.valid('json');
    const given = {
      ...same,
      at: systemClock.now(),
      command: cmd,
      exitCode: exit_code ?? null,
      httpStatus: http_status,
      httpHeaders: http_headers,
      httpBody: http_body,
    };
    const said = await classify(c.get('caller').requester, given, c.get('signal'));
    return c.json(classifiedOf(said), 200);
  });
}

function fileOf({ path, content, isProgram }: ReproductionFile) {
  const isText = typeof content === 'string' || isUtf8(content);
  return {
    path,
    content: content.toString(),
    content_base64: isText ? null : content.toString('base64'),
    is_program: isProgram === true,
  };
}

function questionOf({
  range,
  within_ms,
  failure_class,
  component,
  work_order,
}: z.output<typeof errorGroupsQuery>): ErrorQuestion {
  return {
    withinMs: within_ms ?? rangeMs[range],
    ...(failure_class === undefined ? {} : { failureClass: failure_class }),
    ...(component === undefined ? {} : { component }),
    ...(work_order === undefined ? {} : { workOrder: work_order }),
  };
}

function classifiedOf({ failureClass, context, ...said }: Classification) {
  const { errorCode, testNames, retryAfterS, httpStatus, exitCode, ...same } = context;
  const known: Record<string, string | number | string[]> = {};
  const renamed = {
    error_code: errorCode,
    test_names: testNames,
    retry_after: retryAfterS,
    http_status: httpStatus,
    exit_code: exitCode,
  };
  for (const [name, value] of Object.entries({ ...same, ...renamed }))
    if (value !== undefined) known[name] = value;
  return { ...said, failure_class: failureClass, context: known };
}
