// The pages and their URLs. The state of a page is in its URL.

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { Range } from '../../src/contract/contract.ts';
import { queryOf } from './api/call.ts';
import { type SettingGroup, settingGroups } from './pages/settings/setting-groups.ts';
import { searchOf } from './pages/work-order/tabs.ts';
import { Shell } from './shell/shell.tsx';
import { PageBroken, PageLoading, PageMissing } from './shell/whole-page-states.tsx';

const root = createRootRoute({ component: Shell });
const asText = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/work-orders' });
  },
});

export interface WorkOrdersSearch {
  view?: 'board' | 'table' | undefined;
  /** Comma-separated. */
  status?: string | undefined;
  failure_class?: string | undefined;
  step?: string | undefined;
  project?: string | undefined;
  needs_you?: 'true' | undefined;
  q?: string | undefined;
  sort?: 'created' | 'updated' | 'cost' | undefined;
  /** Whether the form for a new work order is open. */
  new?: 'true' | undefined;
}
export const workOrdersRoute = createRoute({
  getParentRoute: () => root,
  path: '/work-orders',
  validateSearch: (given: Record<string, unknown>): WorkOrdersSearch => ({
    view: given.view === 'table' ? 'table' : undefined,
    status: asText(given.status),
    failure_class: asText(given.failure_class),
    step: asText(given.step),
    project: asText(given.project),
    needs_you: given.needs_you === 'true' || given.needs_you === true ? 'true' : undefined,
    q: asText(given.q),
    sort: given.sort === 'updated' || given.sort === 'cost' ? given.sort : undefined,
    new: given.new === 'true' || given.new === true ? 'true' : undefined,
  }),
  component: lazyRouteComponent(() => import('./pages/work-orders/page.tsx'), 'WorkOrdersPage'),
});

export const workOrderRoute = createRoute({
  getParentRoute: () => root,
  path: '/work-orders/$id',
  validateSearch: searchOf,
  component: lazyRouteComponent(() => import('./pages/work-order/page.tsx'), 'WorkOrderPage'),
});

export const escalationsRoute = createRoute({
  getParentRoute: () => root,
  path: '/escalations',
  validateSearch: (
    given: Record<string, unknown>,
  ): { status?: 'all' | 'mine' | undefined; id?: string | undefined } => ({
    status: given.status === 'all' || given.status === 'mine' ? given.status : undefined,
    id: asText(given.id),
  }),
  component: lazyRouteComponent(() => import('./pages/escalations/page.tsx'), 'EscalationsPage'),
});

/** Used by links in notifications. */
const escalationRoute = createRoute({
  getParentRoute: () => root,
  path: '/escalations/$id',
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/escalations', search: { id: params.id } });
  },
});

export const specsRoute = createRoute({
  getParentRoute: () => root,
  path: '/specs',
  component: lazyRouteComponent(() => import('./pages/specs/page.tsx'), 'SpecsPage'),
});

export const specRoute = createRoute({
  getParentRoute: () => root,
  path: '/specs/$id',
  /** The version of the plan that is compared with its predecessor. */
  validateSearch: (given: Record<string, unknown>): { version?: number | undefined } => ({
    version: /^[1-9]\d{0,8}$/.test(String(given.version)) ? Number(given.version) : undefined,
  }),
  component: lazyRouteComponent(() => import('./pages/specs/spec-page.tsx'), 'SpecPage'),
});

const rangeOf = (value: unknown): Range | undefined =>
  (['7d', '30d', '90d'] as const).find((range) => range === value);
export const monitoringRoute = createRoute({
  getParentRoute: () => root,
  path: '/monitoring',
  validateSearch: (
    given: Record<string, unknown>,
  ): { range?: Range | undefined; fingerprint?: string | undefined; error?: string | undefined } => ({
    range: rangeOf(given.range),
    fingerprint: asText(given.fingerprint),
    error: asText(given.error),
  }),
  component: lazyRouteComponent(() => import('./pages/monitoring/page.tsx'), 'MonitoringPage'),
});

export const learningRoute = createRoute({
  getParentRoute: () => root,
  path: '/learning',
  validateSearch: (given: Record<string, unknown>): { range?: Range | undefined } => ({
    range: rangeOf(given.range),
  }),
  component: lazyRouteComponent(() => import('./pages/learning/page.tsx'), 'LearningPage'),
});

const projectsRoute = createRoute({
  getParentRoute: () => root,
  path: '/projects',
  component: lazyRouteComponent(() => import('./pages/projects/page.tsx'), 'ProjectsPage'),
});

export const projectRoute = createRoute({
  getParentRoute: () => root,
  path: '/projects/$id',
  component: lazyRouteComponent(() => import('./pages/projects/project-page.tsx'), 'ProjectPage'),
});

export const settingsRoute = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: (given: Record<string, unknown>): { group?: SettingGroup | undefined } => ({
    group: settingGroups.find((group) => group === given.group),
  }),
  component: lazyRouteComponent(() => import('./pages/settings/page.tsx'), 'SettingsPage'),
});

const schedulesRoute = createRoute({
  getParentRoute: () => root,
  path: '/schedules',
  component: lazyRouteComponent(() => import('./pages/schedules/page.tsx'), 'SchedulesPage'),
});

const scheduleRoute = createRoute({
  getParentRoute: () => root,
  path: '/schedules/$name',
  component: lazyRouteComponent(() => import('./pages/schedules/schedule-page.tsx'), 'SchedulePage'),
});

const cleanupRoute = createRoute({
  getParentRoute: () => root,
  path: '/cleanup',
  component: lazyRouteComponent(() => import('./pages/cleanup/page.tsx'), 'CleanupPage'),
});

/** Only a demo has data for it. */
const demoRoute = createRoute({
  getParentRoute: () => root,
  path: '/demo',
  component: lazyRouteComponent(() => import('./pages/demo/page.tsx'), 'DemoPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    workOrdersRoute,
    workOrderRoute,
    escalationsRoute,
    escalationRoute,
    specsRoute,
    specRoute,
    monitoringRoute,
    learningRoute,
    projectsRoute,
    projectRoute,
    settingsRoute,
    schedulesRoute,
    scheduleRoute,
    cleanupRoute,
    demoRoute,
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: PageLoading,
  defaultErrorComponent: PageBroken,
  defaultNotFoundComponent: PageMissing,
  // Search parameters stay text, since a search term may look like a number or JSON.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => queryOf(search),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
