import { gitFailures } from '../failure-catalogue.ts';
import { redactUrls } from './redact-url.ts';

const maxUrlLength = 2_048;

/** Refuses what git would read as an option or as a program to run (`ext::…`), and what is not an address. */
export function assertRemoteUrl(url: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const isSound = url !== '' && url.length <= maxUrlLength && !/^-|[\u0000-\u001f\u007f]/.test(url);
  if (isSound && !/^[A-Za-z0-9+.-]+::/.test(url)) return;
  throw gitFailures.REMOTE_INVALID_URL('check remote', {
    url: JSON.stringify(redactUrls(url).slice(0, 200)),
  });
}
