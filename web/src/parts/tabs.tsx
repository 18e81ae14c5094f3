import { Tabs as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';

export interface TabsProps<Name extends string> {
  label: string;
  value: Name;
  onChange(name: Name): void;
  tabs: ReadonlyArray<{ name: Name; title: ReactNode; content: ReactNode }>;
}

export function Tabs<Name extends string>({ label, value, onChange, tabs }: TabsProps<Name>) {
  return (
    <Primitive.Root value={value} onValueChange={(name) => onChange(name as Name)}>
      <Primitive.List aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line">
        {tabs.map(({ name, title }) => (
          <Primitive.Trigger
            key={name}
            value={name}
            className="whitespace-nowrap border-b-2 border-transparent px-3 py-2 text-quiet hover:text-text data-[state=active]:border-accent data-[state=active]:font-semibold data-[state=active]:text-text"
          >
            {title}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
      {tabs.map(({ name, content }) => (
        <Primitive.Content key={name} value={name} className="pt-4 focus-visible:outline-none">
          {content}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  );
}
