import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

/** A banner at the top of every page. */
export function Notice({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 border-t border-line bg-warn-soft px-3 py-1.5 text-[13px] text-warn sm:px-5">
      <TriangleAlert aria-hidden size={16} className="mt-0.5 shrink-0" />
      <span>{children}</span>
    </p>
  );
}
