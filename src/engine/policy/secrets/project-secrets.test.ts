import { execa } from 'execa';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { putVariable } from '../../../store/work/projects/project-variables.ts';
import { projectOf } from '../../../store/work/projects/projects.ts';
import { createKeyRing } from './key-ring.ts';
import { seal } from './seal.ts';

const moduleAt = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

test('R-PROJ-5: fear: another process, which a secret was not given to, prints it', async () => {
  const database = await testDatabase();
  const dataDirectory = scratchDirectory();
  const key = await createKeyRing({ dataDirectory }).ensureOne();
  const { id: projectId } = await projectOf(database.query, '/srv/shop', new Date());
  const value = `s3cr3t-${crypto.randomUUID()}`;
  const row = { projectId, name: 'API_TOKEN', isSecret: true, audiences: ['checks'] };
  await putVariable(database.query, {
    ...row,
    sealed: seal(value, row, key),
    keyId: key.id,
    changedBy: 'human:ada',
  });
  const program = `
    import { text } from 'node:stream/consumers';
    import { redact } from ${moduleAt('../../../domain/text/redact.ts')};
    import { openDatabase } from ${moduleAt('../../../store/database.ts')};
    import { createKeyRing } from ${moduleAt('./key-ring.ts')};
    import { createProjectSecrets } from ${moduleAt('./project-secrets.ts')};
    const { url, dataDirectory, said } = JSON.parse(await text(process.stdin));
    const database = openDatabase(url);
    await createProjectSecrets(database, createKeyRing({ dataDirectory })).remember();
    console.log(redact(said));
    await database.close();`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program], {
    input: JSON.stringify({ url: database.url, dataDirectory, said: `it printed ${value} here` }),
  });
  expect(stdout).toBe('it printed [redacted:API_TOKEN] here');
});
