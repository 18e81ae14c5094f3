package MergeTest;
use strict;
use warnings;
use Test::More;
use Exporter 'import';
our @EXPORT = qw(amounts_are);

# amounts_are { in => 'expected', ... }
sub amounts_are {
    my ($code, %cases) = @_;
    is($code->($_), $cases{$_}, "amount $_") for sort keys %cases;
}

1;
