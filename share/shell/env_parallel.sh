# yonder for sh (dash, ash, ksh): env_parallel, parset and env_parset.
# Load it with:  eval "$(yonder shell-init sh)"
#
# env_parallel is parallel whose jobs know this shell's aliases and variables, exported or not. They are written to a
# file that each job reads first, so there is no limit to their size. yonder removes the file. A plain sh cannot list its
# functions or have arrays, and its variables are all global: those of this file begin with _yonder_.

env_parallel() {
  _yonder_action=run _yonder_wanted= _yonder_ignored=${PARALLEL_IGNORED_NAMES-} _yonder_all=yes
  _yonder_home=${PARALLEL_HOME:-$HOME/.parallel}
  _yonder_scan "$@"
  case $_yonder_action in
    record)
      mkdir -p "$_yonder_home" && _yonder_names >"$_yonder_home/ignored_vars"
      return
      ;;
    session)
      _yonder_sessions=$((${_yonder_sessions:-0} + 1))
      eval "_yonder_session_$_yonder_sessions=\${PARALLEL_IGNORED_NAMES-}"
      PARALLEL_IGNORED_NAMES=$(_yonder_names)
      return
      ;;
    end)
      [ "${_yonder_sessions:-0}" -gt 0 ] || return 0
      eval "PARALLEL_IGNORED_NAMES=\$_yonder_session_$_yonder_sessions"
      unset "_yonder_session_$_yonder_sessions"
      _yonder_sessions=$((_yonder_sessions - 1))
      return
      ;;
  esac
  _yonder_state=$(mktemp "${TMPDIR:-/tmp}/yonder-shell.XXXXXXXX") || return 255
  _yonder_dump >"$_yonder_state" 2>/dev/null
  YONDER_SHELL_STATE=$_yonder_state command yonder parallel "$@"
  _yonder_status=$?
  [ "$_yonder_status" -eq 0 ] || rm -f "$_yonder_state"
  return "$_yonder_status"
}

# parset NAME,NAME... OPTIONS...: the outputs of parallel as variables.
parset() {
  _yonder_parset _yonder_parallel "$@"
}

env_parset() {
  _yonder_parset env_parallel "$@"
}

_yonder_parallel() {
  command yonder parallel "$@"
}

_yonder_parset() {
  _yonder_run=$1 _yonder_names=${2-}
  [ $# -ge 2 ] || { echo 'parset: Error: No destination variable given. Try: parset myarray echo ::: foo bar' >&2; return 255; }
  shift 2
  # Without arrays, one name is a list of one: a name that is never used makes it a list of variables.
  case $_yonder_names in
    *[', ']*) ;;
    *) _yonder_names=$_yonder_names,_yonder_unused ;;
  esac
  _yonder_code=$($_yonder_run -k --_parset "var,$_yonder_names" "$@")
  _yonder_parset_status=$?
  # The code returns the status; there is none where the command line was wrong.
  eval "$_yonder_code"
  return "$_yonder_parset_status"
}

# Looks for --env NAME, which says what jobs get; _ is everything but the names of --record-env.
_yonder_scan() {
  while [ $# -gt 0 ]; do
    case $1 in
      :::*) return ;;
      --record-env) _yonder_action=record ;;
      --session) _yonder_action=session ;;
      --end-session) _yonder_action=end ;;
      --env)
        shift
        _yonder_want "${1-}"
        ;;
      --env=*) _yonder_want "${1#--env=}" ;;
    esac
    [ $# -eq 0 ] || shift
  done
}

_yonder_want() {
  _yonder_wanted="$_yonder_wanted $(echo "$1" | tr , ' ') "
  if [ "$1" = _ ]; then
    _yonder_ignored="$_yonder_ignored
$(cat "$_yonder_home/ignored_vars" 2>/dev/null)"
    _yonder_all=all-but
  elif [ "$_yonder_all" = yes ]; then
    _yonder_all=no
  fi
}

_yonder_names() {
  set | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'
  alias | sed -n -e 's/^alias //' -e 's/^\([^=]*\)=.*/\1/p'
}

_yonder_wants() {
  case $1 in
    _yonder_* | PARALLEL_IGNORED_NAMES) return 1 ;;
  esac
  case $_yonder_wanted in
    *" $1 "*) return 0 ;;
  esac
  [ "$_yonder_all" != no ] || return 1
  case "
$_yonder_ignored
" in
    *"
$1
"*) return 1 ;;
  esac
}

# What is exported is inherited, and what the shell sets itself is none of a job's business.
_yonder_dump() {
  _yonder_exported=$(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/ \1 /p')
  set | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p' | while IFS= read -r _yonder_name; do
    case "$_yonder_name $_yonder_exported" in
      *" $_yonder_name "* | LINENO\ * | OPTIND\ * | PPID\ * | PS[1-4]\ * | PWD\ * | _\ * | RANDOM\ * | SECONDS\ *) continue ;;
    esac
    _yonder_wants "$_yonder_name" || continue
    # A line of a value may look like an assignment.
    eval "[ \"\${$_yonder_name+set}\" = set ]" || continue
    eval "_yonder_value=\$$_yonder_name"
    printf "%s='" "$_yonder_name"
    printf "%s'\n" "$_yonder_value" | sed -e "s/'/'\\\\''/g" -e "\$s/'\\\\''\$/'/"
  done
  alias | sed -n -e 's/^alias //' -e 's/^\([A-Za-z0-9_.-]*\)=.*/\1/p' | while IFS= read -r _yonder_name; do
    _yonder_wants "$_yonder_name" && alias "$_yonder_name" | sed -e '1s/^alias //' -e '1s/^/alias /'
  done
}
