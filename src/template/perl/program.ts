/**
 * What the perl coprocess runs: it reads requests from descriptor 3 and writes answers to descriptor 4 until the former
 * ends.
 *
 * Every message is a length in ten digits and that many bytes: strings, each behind its own ten digits. Requests:
 *
 *   define, id, code, group 1, group 2, ...     (no answer; the errors of perl come with the first evaluation)
 *   evaluate, id, value, seq, slot, total, arg 1, arg 2, ...
 *
 * Answers: ok, flags ("u" for uq(), "s" for skip()), value | error, message | die, message.
 *
 * The expressions live in package Arg, as GNU parallel's do, so variables without a package keep their values from one
 * evaluation to the next, and expressions that reach for the documented functions and variables find them there.
 */
export const perlProgram: string = String.raw`
package Yonder;
$SIG{$_} = "IGNORE" for qw(INT TERM HUP QUIT);
open(my $in, "<&=", 3) or exit 1;
open(my $out, ">&=", 4) or exit 1;
binmode $_ for $in, $out;
our (%sub, %code, $unquoted, $skipped, $seq, $slot, $total);
sub receive {
  my $head;
  defined(read($in, $head, 10)) && length($head) == 10 or exit 0;
  my $body;
  read($in, $body, $head) == $head or exit 0;
  return unpack("(A10/a)*", $body);
}
sub reply {
  my $body = join("", map { sprintf("%-10d", length) . $_ } @_);
  print $out sprintf("%-10d", length $body), $body;
  $out->flush;
}
sub make {
  my $id = shift;
  my $sub = eval "package Arg; sub { $code{$id}\n}";
  return $sub if $sub;
  (my $error = $@) =~ s/\n+\z//;
  reply("error", $error);
  return undef;
}
{
  package CommandLine;
  sub seq { $Yonder::seq }
  sub slot { $Yonder::slot }
  sub skip { $Yonder::skipped = 1 }
  sub total_jobs { $Yonder::total }
}
{
  package Arg;
  our (@arg, $job);
  sub seq() { $Yonder::seq }
  sub slot() { $Yonder::slot }
  sub total_jobs() { $Yonder::total }
  sub skip() { $Yonder::skipped = 1 }
  sub uq() { $Yonder::unquoted = 1 }
  sub Q($) {
    my $x = shift;
    return $x if $x =~ /^[-+.\/0-9A-Z_a-z]+\z/;
    $x =~ s/'/'"'"'/g;
    $x = "'$x'";
    $x =~ s/^''|''\z//g if length $x > 2;
    return $x;
  }
  sub pQ($) { my $x = shift; $x =~ s/([\\"\$\@])/\\$1/g; $x }
  sub hash($) { require B; B::hash($_[0]) }
  sub time_text { require POSIX; POSIX::strftime($_[0], localtime) }
  sub yyyy_mm_dd_hh_mm_ss { time_text("%Y-%m-%dT%H:%M:%S") }
  sub yyyy_mm_dd_hh_mm { time_text("%Y-%m-%dT%H:%M") }
  sub yyyy_mm_dd { time_text("%Y-%m-%d") }
  sub hh_mm_ss { time_text("%H:%M:%S") }
  sub hh_mm { time_text("%H:%M") }
  sub yyyymmddhhmmss { time_text("%Y%m%d%H%M%S") }
  sub yyyymmddhhmm { time_text("%Y%m%d%H%M") }
  sub yyyymmdd { time_text("%Y%m%d") }
  sub hhmmss { time_text("%H%M%S") }
  sub hhmm { time_text("%H%M") }
}
sub ::make_regexp_ungreedy {
  my $regexp = shift;
  # A quantifier outside of a class that is not lazy yet becomes lazy; ? stays.
  $regexp =~ s/(\\.|\[(?:\\.|[^\]\\])*\])|([*+}])\??/defined $1 ? $1 : "$2?"/ges;
  return $regexp;
}
# What else people's expressions call: functions of GNU parallel's that are in no manual.
sub ::Q { Arg::Q(defined $_[0] ? $_[0] : "") }
sub ::pQ { Arg::pQ($_[0]) }
sub ::shell_quote_scalar($) { ::Q($_[0]) }
sub ::perl_quote_scalar($) { Arg::pQ($_[0]) }
sub ::shell_quote { my @quoted = map { ::Q($_) } @_; return wantarray ? @quoted : "@quoted" }
sub ::shell_words { require Text::ParseWords; Text::ParseWords::shellwords(@_) }
sub ::undef_as_zero { my $x = shift; defined $x ? $x : 0 }
sub ::undef_as_empty { my $x = shift; defined $x ? $x : "" }
sub ::max { require List::Util; List::Util::max(grep { defined } @_) }
sub ::min { require List::Util; List::Util::min(grep { defined } @_) }
sub ::sum { require List::Util; List::Util::sum(grep { defined } @_) }
sub ::uniq { my %seen; grep { !$seen{$_}++ } @_ }
sub ::ceil { require POSIX; POSIX::ceil($_[0]) }
sub ::now { require Time::HiRes; Time::HiRes::time() }
sub ::hostname { require Sys::Hostname; (my $name = Sys::Hostname::hostname()) =~ s/\..*//s; $name }
$Arg::job = bless {}, "CommandLine";
$Global::version = 20221122;
$| = 1;
while (1) {
  my ($what, $id, @rest) = receive();
  if ($what eq "define") {
    $code{$id} = shift @rest;
    no strict "refs";
    my $n = 0;
    for (@rest) { my $name = "Arg::yonder" . $id . "_" . ++$n; $$name = $_ }
    next;
  }
  (my $value, $seq, $slot, $total, my @arg) = @rest;
  my $sub = $sub{$id} ||= make($id) or next;
  @Arg::arg = (undef, @arg);
  $Global::max_jobs_running = $ENV{YONDER_SLOTS};
  $unquoted = $skipped = 0;
  local $_ = $value;
  if (eval { local $SIG{__DIE__}; $sub->(); 1 }) {
    reply("ok", ($unquoted ? "u" : "") . ($skipped ? "s" : ""), defined $_ ? "$_" : "");
  } else {
    reply("die", "$@");
  }
}
`;
