# What waits at a terminal of outside.ts, as a person's shell does: open long before it is told what
# to start, and still there above it. Perl, because many of them are opened at once, and because it
# can tell a signal from an exit code.
#
#   perl outside-terminal.pl SOCKET NUMBER
#   out  "open NUMBER", "started PID", "ended CODE SIGNAL"
#   in   one line of words in hexadecimal, each after an x: directory, how many variables, the
#        variables, the command

use strict;
use warnings;
use Socket;

# What made this terminal holds the others too, and so would this: none of them could be closed.
for my $descriptor (grep { $_ > 2 } map { m{/(\d+)$} ? $1 : () } glob "/dev/fd/*") {
    my $inherited;
    close $inherited if open $inherited, "<&=", $descriptor;
}

my ($path, $number) = @ARGV;
socket(my $helper, PF_UNIX, SOCK_STREAM, 0) or die "no socket: $!";
connect($helper, sockaddr_un($path)) or die "nobody listens: $!";
sub say_to_helper { syswrite($helper, "$_[0]\n") }
say_to_helper("open $number");

defined(my $line = <$helper>) or exit 0;
chomp $line;
my ($directory, $variables, @words) = map { pack "H*", substr($_, 1) } split / /, $line;
my %environment = map { split /=/, $_, 2 } splice(@words, 0, $variables);

# What is typed is for the command; its terminal's end is passed on, as a shell passes it on.
my $child = 0;
my @left_alone = qw(INT QUIT TSTP);
$SIG{$_} = "IGNORE" for @left_alone;
$SIG{HUP} = sub { kill "HUP", $child if $child };
$child = fork();
die "no process: $!" if !defined $child;
if ($child == 0) {
    $SIG{$_} = "DEFAULT" for @left_alone, "HUP";
    chdir $directory;
    %ENV = %environment;
    { no warnings "exec"; exec { $words[0] } @words; }
    exit 127;
}
say_to_helper("started $child");
1 while waitpid($child, 0) != $child;
say_to_helper(sprintf "ended %d %d", $? >> 8, $? & 127);
