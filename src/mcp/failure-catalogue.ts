// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const mcpFailures = catalogue('mcp', {
  REPOSITORY_PATH_RELATIVE: {
    kind: 'permanent',
    message: 'repository_path "{path}" is neither absolute nor the address of a remote.',
    advice:
      'Give the full path on the machine that runs Moose, for example /srv/project, or https://HOST/OWNER/REPO.',
  },
});
