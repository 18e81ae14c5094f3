package MailMerge;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(parse_csv merge format_amount merge_all);

# Very plain CSV: no quotes.
sub parse_csv {
    my ($text) = @_;
    my ($head, @rows) = split /\n/, $text;
    my @names = split /,/, $head;
    return map { my %r; @r{@names} = split /,/, $_, -1; \%r } @rows;
}

sub format_amount {
    my ($n) = @_;
    return sprintf '%.2f', $n;
}

sub merge {
    my ($template, $row) = @_;
    $template =~ s/\[(\w+)\]/$row->{$1}/g;
    return $template;
}

sub merge_all {
    my ($tfile, $cfile) = @_;
    local $/;
    open my $t, '<', $tfile or die "$tfile: $!";
    open my $c, '<', $cfile or die "$cfile: $!";
    my $template = <$t>;
    return map { merge($template, $_) } parse_csv(<$c>);
}

1;
