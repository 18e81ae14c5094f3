// The keys of `.moose/config.yml`: the source of the type, the validation, the JSON Schema and the reference.
import { z } from 'zod';
import { mergePolicies } from '../domain/forge/merge-policy.ts';
import { addressAt, portsPerWorktree } from '../domain/machine/daemon.ts';
import { hostPattern } from '../domain/machine/egress.ts';
import { parseImage } from '../domain/machine/image.ts';
import { isSetByMoose, variableNamePattern } from '../domain/machine/project-variable.ts';
import { durationMs } from '../domain/text/duration.ts';
import { checkKinds } from '../domain/work-order/check.ts';
import { togetherModes } from '../domain/work-order/together.ts';
import { verifyLevels } from '../domain/work-order/verify-level.ts';
import { workOrderLimits } from '../domain/work-order/work-order.ts';
import { problemOfNeeds } from './needs-order.ts';

export const configLimits = {
  commandCharsMax: 10_000,
  /** The maximum number of setup commands, and of checks: nobody reads a longer list. */
  commandsMax: 50,
  variablesMax: 200,
  valueCharsMax: 10_000,
  patternsMax: 100,
  servicesMax: 20,
  readyMsMax: 600_000,
  nameCharsMax: 200,
  usdMax: 1_000_000,
} as const;

/**
 * Installing is no check: a check that only installs verifies nothing, so installing has a key of its own (R-PROJ-6).
 */
const verifyingKinds = checkKinds.filter((kind) => kind !== 'setup');

const command = z
  .string({ error: 'must be a command: a text in quotes' })
  .trim()
  .min(1, 'must not be empty')
  .max(configLimits.commandCharsMax, `must have at most ${configLimits.commandCharsMax} characters`)
  .refine((text) => !text.includes('\0'), 'must not contain a NUL character');

const name = z
  .string({ error: 'must be a text' })
  .trim()
  .min(1, 'must not be empty')
  .max(configLimits.nameCharsMax, `must have at most ${configLimits.nameCharsMax} characters`);

const variableName = z
  .string()
  .regex(variableNamePattern, 'must be letters, digits and underscores')
  .refine((each) => !isSetByMoose(each), 'is set by Moose: choose another name');

const relativePattern = name.refine(
  (path) =>
    !/^[/~]|^[A-Za-z]:|\\/.test(path) && !path.split('/').some((part) => /^(\.\.|\.git)$/i.test(part)),
  'must be a path inside the repository, with forward slashes and without ".." and ".git"',
);

const branch = name.regex(
  /^(?![-/.])(?!.*(\.\.|\/\/|@\{|\.lock$|[/.]$))[^\s~^:?*[\\\p{Cc}]+$/u,
  'must be the name of a branch, for example main',
);

const hostName = name.regex(
  hostPattern,
  'must be a host, for example packages.example.com, *.example.com or example.com:8443',
);

const egressHost = z.union(
  [
    hostName,
    z.strictObject({
      host: hostName.describe('A host, as in the short form.'),
      private: z
        .boolean()
        .optional()
        .describe('It is at a private address, or on the machine that runs Moose. A person must confirm it.'),
    }),
  ],
  {
    error:
      'must be a host, for example packages.example.com, *.example.com or example.com:8443, or a map of host and private',
  },
);

const duration = z
  .string({ error: 'must be a duration: 90s, 10m or 2h' })
  .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'must be a duration: 90s, 10m or 2h')
  .refine((text) => durationMs(text) !== null, 'must be a duration: 90s, 10m or 2h')
  .refine(
    (text) => (durationMs(text) ?? 0) <= workOrderLimits.timeLimitMsMax,
    `must be at most ${workOrderLimits.timeLimitMsMax / 3_600_000}h`,
  );

const listOf = <Entry extends z.ZodType>(entry: Entry, max: number) =>
  z.array(entry, { error: 'must be a list' }).max(max, `must have at most ${max} entries`);

const portText = `must be a port: 0 to ${portsPerWorktree - 1} counts from MOOSE_PORT_BASE, a larger number is the port itself`;
const port = z.int({ error: portText }).min(0, portText).max(65_535, portText);

/** An address in which $MOOSE_PORT_BASE stands for a number. */
const address = name.refine(
  (text) => {
    const url = URL.parse(addressAt(text, 20_000));
    return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  },
  { error: 'must be an http or https URL, for example http://localhost:$MOOSE_PORT_BASE/' },
);

const readyText = 'must be one of port, command, log and url';
const ready = z
  .strictObject(
    {
      url: address.optional(),
      port: port.optional(),
      command: command.optional(),
      log: name.optional(),
    },
    { error: readyText },
  )
  .refine((each) => Object.keys(each).length === 1, 'must have exactly one of port, command, log and url');

const imageText = 'must be a container image, for example node:24 or ghcr.io/acme/tools@sha256:…';

const container = z.strictObject(
  {
    image: name
      .refine((text) => parseImage(text) !== null, imageText)
      .describe(
        'The image, with a tag or a digest: `node:24`, `ghcr.io/acme/tools@sha256:…`. It is fetched without a login, from a public registry.',
      ),
  },
  { error: 'must have the key image' },
);

const daemonName = name.regex(/^[a-z][a-z0-9-]*$/, 'must be lowercase letters, digits and hyphens');

const daemon = z.strictObject(
  {
    command: command.describe('Starts the service and does not return while it runs.'),
    ready: ready.describe(
      'How Moose knows that it is ready: an open port, a command that succeeds, a text in its output, or a URL that answers.',
    ),
    timeout: duration
      .refine(
        (text) => (durationMs(text) ?? 0) <= configLimits.readyMsMax,
        `must be at most ${configLimits.readyMsMax / 60_000}m`,
      )
      .optional()
      .describe('How long it may take until it is ready. Default: 60s.'),
    needs: listOf(daemonName, configLimits.servicesMax)
      .optional()
      .describe('Services that must be ready before it starts.'),
    url: address
      .optional()
      .describe(
        'The address that Moose shows people, for example http://localhost:$MOOSE_PORT_BASE/. If it is on localhost, people can open it as a preview.',
      ),
    port: port.optional().describe('The port that it listens on, if `ready` does not say it.'),
    preview: z
      .boolean({ error: 'must be true or false' })
      .optional()
      .describe('Show its address, `url` or its port on localhost, and let people open it as a preview.'),
  },
  { error: 'must have the keys command and ready' },
);

const commands = z.union(
  [
    command,
    z.array(command).max(configLimits.commandsMax, `must have at most ${configLimits.commandsMax} entries`),
  ],
  { error: 'must be a command, or a list of commands' },
);

const check = z.strictObject(
  {
    kind: z.enum(verifyingKinds, {
      error: `must be one of ${verifyingKinds.join(', ')}; what only installs belongs under setup`,
    }),
    command,
  },
  { error: 'must have the keys kind and command' },
);

export const configSchema = z.strictObject(
  {
    setup: commands
      .optional()
      .describe('Installs what the project needs, before the agent and the checks. One command or a list.'),
    checks: listOf(check, configLimits.commandsMax)
      .optional()
      .describe('The commands that must pass for each change, in this order.'),
    environment: z
      .record(
        variableName,
        z
          .string({ error: 'must be a text: put the value in quotes' })
          .max(configLimits.valueCharsMax)
          .refine((text) => !text.includes('\0'), 'must not contain a NUL character'),
        {
          error: 'must be a map of names to texts',
        },
      )
      .refine(
        (map) => Object.keys(map).length <= configLimits.variablesMax,
        `must have at most ${configLimits.variablesMax} variables`,
      )
      .optional()
      .describe('Environment variables of setup and checks. No secrets: the file is in the repository.'),
    files: listOf(relativePattern, configLimits.patternsMax)
      .optional()
      .describe(
        'Patterns of ignored files to copy from the checkout of a local project into each worktree, as in .gitignore, for example .env.test. Agents can read them.',
      ),
    container: container
      .optional()
      .describe('The container image in which the agent, setup, checks and services run.'),
    base: branch.optional().describe('The branch that work starts from and is proposed to.'),
    agent: name.optional().describe('The agent for work orders that do not specify one.'),
    model: name.optional().describe('The model for work orders that do not specify one: PROVIDER/MODEL.'),
    limit: z
      .number({ error: 'must be an amount in US dollars: a number such as 2.50' })
      .positive('must be above 0')
      .max(configLimits.usdMax, `must be at most ${configLimits.usdMax}`)
      .optional()
      .describe('The maximum cost of one work order, in US dollars.'),
    time: duration.optional().describe('The time limit of the agent in one work order: 90s, 10m or 2h.'),
    reviewer: name.optional().describe('The model that reviews each change: PROVIDER/MODEL, or none.'),
    merge: z
      .enum(mergePolicies, { error: `must be one of ${mergePolicies.join(', ')}` })
      .optional()
      .describe(
        'When Moose merges a pull request: never, green (when CI is green), or approved (and a reviewer has approved it).',
      ),
    verify: z
      .enum(verifyLevels, { error: `must be one of ${verifyLevels.join(', ')}` })
      .optional()
      .describe(
        'How a change with green checks is judged: standard, strict (what weakens the checks is refused too, unless the task asks for it), or checks-only (only exit codes decide).',
      ),
    together: z
      .enum(togetherModes, { error: `must be one of ${togetherModes.join(', ')}` })
      .optional()
      .describe(
        'With which other open changes of the project a change is checked before it is published or merged: likely (those that something connects with it), all, or off. Default: likely.',
      ),
    egress: listOf(egressHost, configLimits.patternsMax)
      .optional()
      .describe(
        'Hosts that setup and those checks which have a network may reach, beside package registries: packages.example.com, *.example.com or example.com:8443. A host at a private address needs `private`, and the confirmation of a person: `{ host: registry.internal, private: true }`.',
      ),
    agent_egress: listOf(egressHost, configLimits.patternsMax)
      .optional()
      .describe(
        'Hosts that agents ask to reach besides the gateway, in the form of `egress`. It has no effect until a person confirms it: `moose project set NAME --confirm-hosts`.',
      ),
    services: z
      .record(daemonName, daemon, {
        error: 'must be a map of names to services',
      })
      .refine(
        (map) => Object.keys(map).length <= configLimits.servicesMax,
        `must have at most ${configLimits.servicesMax} services`,
      )
      .superRefine((map, context) => {
        const found = problemOfNeeds(map);
        if (found) context.addIssue({ code: 'custom', path: [...found.path], message: found.message });
      })
      .optional()
      .describe('Programs that run while the agent and the checks work, such as a database.'),
  },
  { error: 'must be a map of keys to values' },
);

type Read = z.infer<typeof configSchema>;

/** The content of `.moose/config.yml`. If a key is absent, the value comes from elsewhere. */
export interface ProjectConfig extends Omit<Read, 'setup' | 'time' | 'limit'> {
  setup?: string[];
  timeMs?: number;
  limitUsd?: number;
}

export function configOf({ setup, time, limit, ...rest }: Read): ProjectConfig {
  const timeMs = time === undefined ? null : durationMs(time);
  return {
    ...rest,
    ...(setup === undefined ? {} : { setup: typeof setup === 'string' ? [setup] : setup }),
    ...(timeMs === null ? {} : { timeMs }),
    ...(limit === undefined ? {} : { limitUsd: limit }),
  };
}
