import { Link } from '@tanstack/react-router';
import { places } from './places.ts';
import { useOpenQuestions } from './use-open-questions.ts';

/** On the left on wide screens, at the bottom on phones. */
export function Navigation() {
  const open = useOpenQuestions();
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:sticky md:inset-auto md:top-0 md:h-dvh md:border-r md:border-t-0 md:p-3 md:pt-0"
    >
      <p className="hidden h-12 items-center gap-2.5 px-2 pb-1 text-base font-semibold md:flex">
        <img src="/moose.svg" alt="" width={24} height={24} />
        Moose
      </p>
      <ul className="grid grid-cols-7 md:flex md:flex-col md:gap-0.5">
        {places.map(({ to, title, short, icon: Icon }) => (
          <li key={to} className="min-w-0">
            <Link
              to={to}
              activeProps={{ 'aria-current': 'page' }}
              className="group relative flex min-h-14 flex-col items-center justify-center gap-1 border-t-2 border-transparent text-[10px] tracking-tighter text-quiet hover:text-text sm:text-[11px] aria-[current=page]:border-accent aria-[current=page]:text-accent md:min-h-9 md:flex-row md:justify-start md:gap-2.5 md:rounded-md md:px-2.5 md:border-t-0 md:text-sm md:tracking-normal md:hover:bg-raised md:aria-[current=page]:font-semibold md:aria-[current=page]:bg-raised md:aria-[current=page]:text-text"
            >
              <Icon aria-hidden size={18} className="shrink-0 group-aria-[current=page]:text-accent" />
              <span className="max-w-full truncate md:hidden">{short}</span>
              <span className="hidden md:inline">{title}</span>
              {to === '/escalations' && open ? <OpenCount count={open} /> : null}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const shownMax = 99;

function OpenCount({ count }: { count: number }) {
  return (
    <span className="absolute right-0.5 top-0.5 rounded-full bg-warn px-1.5 text-[11px] font-semibold leading-[18px] text-surface md:static md:ml-auto">
      {count > shownMax ? `${shownMax}+` : count}
      <span className="sr-only"> open</span>
    </span>
  );
}
