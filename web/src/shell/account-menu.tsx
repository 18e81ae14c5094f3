import { CircleUserRound, Keyboard, LogOut } from 'lucide-react';
import { Button } from '../parts/button.tsx';
import { useMe } from './me.ts';
import { chooseTheme, themes, useTheme } from './theme.ts';

const id = 'account-menu';

/** A native popover: closes on Escape or an outside click, and stays above everything. */
export function AccountMenu({ onShortcuts }: { onShortcuts(): void }) {
  const { me, signOut } = useMe();
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        className="inline-flex h-9 max-w-44 items-center gap-2 rounded-md px-2 hover:bg-raised"
      >
        <CircleUserRound aria-hidden size={18} className="shrink-0" />
        <span className="sr-only">Account: </span>
        <span className="sr-only truncate sm:not-sr-only">{me.name}</span>{' '}
        <span className="sr-only text-quiet sm:not-sr-only">{me.role}</span>
      </button>
      <div
        id={id}
        popover="auto"
        className="fixed inset-auto right-3 top-13 m-0 w-64 rounded-lg border border-line bg-surface p-3 text-text shadow-xl"
      >
        <p className="truncate font-semibold">{me.name}</p>
        <p className="text-[13px] text-quiet">
          {me.role} · {me.is_person ? 'a person' : 'a program'} · Moose {me.version}
        </p>
        <ThemeChoice />
        <div className="flex flex-col gap-1">
          <Button look="quiet" className="justify-start" popoverTarget={id} onClick={onShortcuts}>
            <Keyboard aria-hidden size={16} /> Keyboard shortcuts
          </Button>
          <Button look="quiet" className="justify-start" onClick={signOut}>
            <LogOut aria-hidden size={16} /> Sign out
          </Button>
        </div>
      </div>
    </>
  );
}

function ThemeChoice() {
  const theme = useTheme();
  return (
    <fieldset className="my-3">
      <legend className="pb-1 text-[13px] text-quiet">Theme</legend>
      <div className="grid grid-cols-3 rounded-md border border-line p-0.5">
        {themes.map((each) => (
          <label
            key={each}
            className="cursor-pointer rounded px-2 py-1 text-center text-[13px] capitalize has-checked:bg-accent has-checked:text-on-accent has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="theme"
              className="sr-only"
              checked={theme === each}
              onChange={() => chooseTheme(each)}
            />
            {each}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
