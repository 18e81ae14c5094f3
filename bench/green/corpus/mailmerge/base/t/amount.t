use strict;
use warnings;
use lib 't/lib';
use Test::More;
use MergeTest;
use MailMerge qw(format_amount);

amounts_are(\&format_amount, '0' => '0.00', '12.5' => '12.50', '1234' => '1234.00');

done_testing;
