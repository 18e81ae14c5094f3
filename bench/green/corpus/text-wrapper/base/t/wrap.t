use strict;
use warnings;
use Test::More tests => 4;
use Text::Wrapper 'wrap';

is wrap('a b c', 3), "a b\nc", 'wraps';
is wrap('', 10), '', 'empty';
is wrap('a   b', 10), 'a b', 'blanks are squeezed';
is wrap('a longword b', 4), "a\nlongword\nb", 'a long word stays whole';
