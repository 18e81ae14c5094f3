// Behaves like the directory service as far as our tests need it.
export function fakeUpstream(people) {
  const calls = [];
  return {
    calls,
    async get(path) {
      calls.push(path);
      const [, kind, id] = path.split('?')[0].split('/');
      if (kind === 'people') return people.find((p) => p.id === id) ?? null;
      return { items: people.filter((p) => p.team === id), next: null };
    },
  };
}
