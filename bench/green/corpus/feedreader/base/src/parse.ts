import type { Feed, Item } from './types.js';

/* eslint-disable @typescript-eslint/no-explicit-any */
function toItem(raw: any): Item {
  return { id: raw.id, title: raw.title, published: new Date(raw.date_published), tags: raw.tags ?? [] };
}

export function parseFeed(url: string, text: string): Feed {
  const data: any = JSON.parse(text);
  return { url, items: data.items.map(toItem) };
}
