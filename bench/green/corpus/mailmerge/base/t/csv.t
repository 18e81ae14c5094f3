use strict;
use warnings;
use Test::More;
use MailMerge qw(parse_csv);

is_deeply([parse_csv("name,city\nAda,Berlin\nBob,\n")],
    [{ name => 'Ada', city => 'Berlin' }, { name => 'Bob', city => '' }], 'two rows');

TODO: {
    local $TODO = 'quotes are not understood yet';
    is_deeply([parse_csv(qq(name,city\n"Lovelace, Ada",Berlin\n))],
        [{ name => 'Lovelace, Ada', city => 'Berlin' }], 'quoted comma');
}

done_testing;
