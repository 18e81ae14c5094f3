export interface Item {
  id: string;
  title: string;
  published: Date;
  tags: string[];
}

export interface Feed {
  url: string;
  items: Item[];
}
