CREATE TABLE customers (
  id INTEGER PRIMARY KEY,
  email TEXT,
  name TEXT NOT NULL
, phone TEXT);
