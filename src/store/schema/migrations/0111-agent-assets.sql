-- What a repository gives agents is called assets everywhere else.
alter table sessions rename column powers to assets;
