-- Nothing writes these: a comment on a forge is no effect, and no attempt to carry out an answer is counted here.
alter table escalations drop column carry_out_attempts;
alter table effects drop constraint effects_kind_check;
alter table effects add constraint effects_kind_check
  check (kind in ('worktree', 'branch', 'session', 'push', 'pull_request', 'hold'));
