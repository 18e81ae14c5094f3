// A real headless browser that records every error.
import { type Browser, chromium, type Page } from 'playwright-core';

/** Debian's path; MOOSE_TEST_CHROMIUM overrides it. */
const executablePath = process.env.MOOSE_TEST_CHROMIUM ?? '/usr/bin/chromium';
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;
export type Size = keyof typeof sizes;
export type Theme = 'light' | 'dark';

export interface OpenedPage {
  page: Page;
  /** Console errors and uncaught exceptions. */
  errors: string[];
}

export interface Chromium {
  /** A fresh browser context without cookies or storage. */
  open(given?: { size?: Size; theme?: Theme; reducedMotion?: boolean }): Promise<OpenedPage>;
  close(): Promise<void>;
}

export async function openChromium(): Promise<Chromium> {
  const browser: Browser = await chromium.launch({ executablePath, args: flags });
  return {
    async open({ size = 'wide', theme = 'light', reducedMotion = true } = {}) {
      const context = await browser.newContext({
        viewport: sizes[size],
        colorScheme: theme,
        hasTouch: size === 'narrow',
        isMobile: size === 'narrow',
        reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
        timezoneId: 'UTC',
        locale: 'en-US',
      });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(`console: ${message.text()} (${message.location().url})`);
      });
      page.on('pageerror', (cause) => errors.push(`uncaught: ${cause.stack ?? cause.message}`));
      return { page, errors };
    },
    close: () => browser.close(),
  };
}

/** Opens the link that the terminal prints and waits until the user is signed in. */
export async function signIn(page: Page, url: string, token: string): Promise<void> {
  await page.goto(`${url}/#token=${token}`);
  await page.getByRole('navigation').first().waitFor();
}
