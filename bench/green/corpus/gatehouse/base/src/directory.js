// Lists the people of a team. The upstream answers in pages: { items, next }.
export async function listPeople(upstream, team) {
  const page = await upstream.get(`/teams/${team}/people`);
  return page.items;
}

export async function findPerson(upstream, id) {
  return upstream.get(`/people/${id}`);
}
