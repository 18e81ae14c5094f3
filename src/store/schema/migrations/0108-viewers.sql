-- The name of the tmux session in which a person can watch an agent; null: there is none.
alter table sessions add column viewer text;
