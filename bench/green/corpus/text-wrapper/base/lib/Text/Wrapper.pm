package Text::Wrapper;

use strict;
use warnings;

our $VERSION = '0.04';

use Exporter 'import';
our @EXPORT_OK = qw(wrap center);

# Wraps a text at $width columns; longer words get a line of their own.
sub wrap {
    my ($text, $width) = @_;
    my @lines;
    my $line = '';
    for my $word (split ' ', $text) {
        if (length $line && length($line) + 1 + length($word) > $width) {
            push @lines, $line;
            $line = '';
        }
        $line .= (length $line ? ' ' : '') . $word;
    }
    push @lines, $line if length $line;
    return join "\n", @lines;
}

sub center {
    my ($text, $width) = @_;
    my $pad = int(($width - length $text) / 2);
    return $pad > 0 ? (' ' x $pad) . $text : $text;
}

1;
