import { useQuery } from '@tanstack/react-query';
import type { WorkOrder } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { inputClass } from '../../parts/field.tsx';
import { legible } from '../../parts/plain-text.ts';
import { stepTitles } from '../../parts/step-marks.ts';
import type { WorkOrdersSearch } from '../../router.tsx';
import { listOf, toggled } from './search-filters.ts';
import type { Change } from './search-state.ts';

const statuses: Readonly<Record<WorkOrder['status'], string>> = {
  pending: 'Pending',
  in_progress: 'In progress',
  needs_review: 'Needs review',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

const failureClasses: Readonly<Record<NonNullable<WorkOrder['failure_class']>, string>> = {
  compile_error: 'Compile error',
  contract_violation: 'Contract violation',
  test_fail: 'Test failure',
  lint_error: 'Lint error',
  orchestration_error: 'Orchestration error',
  budget_exceeded: 'Budget exceeded',
  dependency_missing: 'Dependency missing',
  timeout: 'Timeout',
  unknown: 'Unknown',
};

const sets = [
  { name: 'status', title: 'Status', choices: statuses },
  { name: 'failure_class', title: 'Failure class', choices: failureClasses },
  { name: 'step', title: 'Step', choices: stepTitles },
] as const;

export function FilterPanel({ search, change }: { search: WorkOrdersSearch; change: Change }) {
  return (
    <div className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-4">
      {sets.map(({ name, title, choices }) => (
        <fieldset key={name}>
          <legend className="pb-1.5 text-[13px] font-medium text-quiet">{title}</legend>
          <div className="flex flex-wrap gap-1.5">
            {Object.entries<string>(choices).map(([value, words]) => (
              <label
                key={value}
                className="rounded-full border border-line px-3 py-1 text-[13px] hover:bg-raised has-checked:border-accent has-checked:bg-accent has-checked:text-on-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
              >
                <input
                  type="checkbox"
                  className="sr-only"
                  checked={listOf(search[name]).includes(value)}
                  onChange={() => change({ [name]: toggled(search[name], value) })}
                />
                {words}
              </label>
            ))}
          </div>
        </fieldset>
      ))}
      <ProjectFilter search={search} change={change} />
    </div>
  );
}

export function useProjects() {
  return useQuery({
    queryKey: ['projects'],
    queryFn: ({ signal }) => ask('get /api/projects', { signal }),
  });
}

function ProjectFilter({ search, change }: { search: WorkOrdersSearch; change: Change }) {
  const { data } = useProjects();
  const names = new Set(data?.items.map(({ name }) => name));
  // Values from the URL are shown even if they are unknown.
  if (search.project) names.add(search.project);
  return (
    <label className="flex max-w-xs flex-col gap-1.5">
      <span className="text-[13px] font-medium text-quiet">Project</span>
      <select
        value={search.project ?? ''}
        onChange={(event) => change({ project: event.target.value || undefined })}
        className={inputClass}
      >
        <option value="">All projects</option>
        {[...names].map((name) => (
          <option key={name} value={name}>
            {legible(name)}
          </option>
        ))}
      </select>
    </label>
  );
}
