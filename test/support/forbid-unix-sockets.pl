# Runs a command that may not make Unix sockets: a seccomp filter answers EPERM, as the sandboxes of
# coding agents do. Perl, because it is on every Debian and can make any system call.
#
#   perl forbid-unix-sockets.pl COMMAND [ARGS]
#
# Exits with 125 where no filter can be installed.

use strict;
use warnings;
use POSIX ();

my (undef, undef, undef, undef, $machine) = POSIX::uname();
# The numbers of prctl and socket, and the kernel's name for the calls' convention.
my %numbers = (
    x86_64  => [157, 41,  0xC000003E],
    aarch64 => [167, 198, 0xC00000B7],
);
my $found = $numbers{$machine} or exit_with("unknown machine $machine");
my ($prctl, $socket, $convention) = @$found;

use constant {
    LOAD => 0x20, JUMP_IF_EQUAL => 0x15, RETURN => 0x06,
    ALLOW => 0x7FFF0000, EPERM => 0x00050001, AF_UNIX => 1,
    NUMBER => 0, CONVENTION => 4, FIRST_ARGUMENT => 16,
    PR_SET_NO_NEW_PRIVS => 38, PR_SET_SECCOMP => 22, MODE_FILTER => 2,
};

sub exit_with { print STDERR "no filter: $_[0]\n"; exit 125 }
sub step { my ($code, $then, $else, $value) = @_; return pack('S C C L', $code, $then, $else, $value) }

my @steps = (
    step(LOAD, 0, 0, CONVENTION),
    step(JUMP_IF_EQUAL, 0, 5, $convention),
    step(LOAD, 0, 0, NUMBER),
    step(JUMP_IF_EQUAL, 0, 3, $socket),
    step(LOAD, 0, 0, FIRST_ARGUMENT),
    step(JUMP_IF_EQUAL, 0, 1, AF_UNIX),
    step(RETURN, 0, 0, EPERM),
    step(RETURN, 0, 0, ALLOW),
);
my $filter = join '', @steps;
my $program = pack('S x6 P', scalar(@steps), $filter);

syscall($prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 or exit_with("no_new_privs: $!");
syscall($prctl, PR_SET_SECCOMP, MODE_FILTER, $program, 0, 0) == 0 or exit_with("seccomp: $!");
exec { $ARGV[0] } @ARGV or exit_with("$ARGV[0]: $!");
