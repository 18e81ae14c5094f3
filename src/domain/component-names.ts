// The names of components in stored errors: today a component is the room that raises the error, and errors of older
// versions have other names.

/** The old name of a component, and the room that raises its errors today. */
const renamed: Readonly<Record<string, string>> = {
  alerts: 'store',
  config: 'app',
  error_events: 'store',
  escalation: 'answers',
  forge: 'forges',
  monitor: 'views',
  notifier: 'notifiers',
  steering: 'commands',
  'store.embedded': 'postgres',
  summary: 'notify',
  work_orders: 'store',
};

export function roomOf(component: string): string {
  return Object.hasOwn(renamed, component) ? (renamed[component] ?? component) : component;
}

/** Every name under which errors of this component may be stored, its own first; it may be given by an old name. */
export function storedNamesOf(component: string): string[] {
  const room = roomOf(component);
  const old = Object.keys(renamed).filter((name) => renamed[name] === room);
  return [room, ...old];
}
