-- What the repository of a trusted project gave an agent: instructions, skills and servers, by name, and what was left out
-- (R-SEC-5). Null: the project is not trusted, or the session is no agent's.
alter table sessions
  add column powers jsonb;
