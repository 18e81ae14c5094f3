// Opens Mission Control in the browser of the person at this machine, or prints its address.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { OwnAddress } from '../context.ts';
import type { Printer } from './printer.ts';

/** An opener that runs longer has succeeded: some run as long as the browser does. */
const openMsMax = 3_000;
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

export async function openBrowser(
  { openUrl, signInPath }: OwnAddress,
  printer: Printer,
  signal: AbortSignal,
): Promise<void> {
  const [program, ...given] = openers[process.platform] ?? ['xdg-open'];
  if (await isOpened(program, [...given, signInPath], signal)) return;
  printer.note(`Could not open a browser (${program}); the address is ${openUrl}`);
}

async function isOpened(program: string, given: string[], signal: AbortSignal): Promise<boolean> {
  const child = spawn(program, given, { stdio: 'ignore', detached: true });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(openMsMax)]);
  try {
    const [exitCode] = await once(child, 'exit', { signal: limit });
    return exitCode === 0;
  } catch (cause) {
    // After the time limit the opener still runs, so it has started; any other error means that it has not.
    return cause instanceof Error && cause.name === 'AbortError';
  } finally {
    child.unref();
  }
}
