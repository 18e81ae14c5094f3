use strict;
use warnings;
use Test::More tests => 3;
use Text::Wrapper 'center';

is center('ab', 6), '  ab', 'even';
is center('abc', 6), ' abc', 'odd';
is center('abcdef', 3), 'abcdef', 'too long';
