-- When the label of an issue was added: a refusal counts until somebody adds the label again.

alter table forge_issues add column labelled_at timestamptz;
