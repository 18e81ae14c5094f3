-- The container image in which a session runs: its name, with the digest that it led to (R-SEC-5). Null: it runs with the
-- programs of the machine.
alter table sessions add column image text;
