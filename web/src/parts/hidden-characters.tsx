// An input shows its text as it is, so what is hidden in the text is shown below it, and can be removed.
import { Button } from './button.tsx';
import { visible } from './plain-text.ts';

interface HiddenCharactersProps {
  text: string;
  onChange(text: string): void;
  /** Names the input where there is no label beside it. */
  of?: string;
}

const namesMax = 10;

export function HiddenCharacters({ text, onChange, of }: HiddenCharactersProps) {
  const { names, rest } = visible(text);
  if (names.length === 0) return null;
  return (
    <div role="note" className="flex flex-wrap items-center gap-2 text-[13px] text-warn">
      <span className="[overflow-wrap:anywhere]">
        {of === undefined ? 'Hidden characters' : `Hidden characters in ${of}`}:{' '}
        {names.slice(0, namesMax).join(' ')}
        {names.length > namesMax ? ` and ${names.length - namesMax} more` : ''}
      </span>
      <Button size="small" onClick={() => onChange(rest)}>
        Remove them
      </Button>
    </div>
  );
}
