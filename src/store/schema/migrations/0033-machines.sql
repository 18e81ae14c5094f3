-- Which machine a process runs on, whatever its name is: two machines may have the same name (R-PROJ-1).
-- Empty for processes of an older version.
alter table executors add column machine text not null default '';
