use strict;
use warnings;
use Test::More;
use MailMerge qw(merge);

is(merge('Dear [name] of [city]', { name => 'Ada', city => 'Rome' }), 'Dear Ada of Rome', 'fields');

done_testing;
