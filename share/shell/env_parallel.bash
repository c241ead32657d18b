# yonder for bash: env_parallel, parset and env_parset.
# Load it with:  . <(yonder shell-init bash)
#
# env_parallel is parallel whose jobs know this shell's aliases, functions, arrays and variables, exported or not. They
# are written to a file that each job reads first, so there is no limit to their size. yonder removes the file.

env_parallel() {
  local _yonder_action=run _yonder_wanted='' _yonder_ignored=$PARALLEL_IGNORED_NAMES _yonder_all=yes
  local _yonder_home=${PARALLEL_HOME:-$HOME/.parallel} _yonder_state _yonder_status
  _yonder_scan "$@"
  case $_yonder_action in
    record)
      mkdir -p -- "$_yonder_home" && _yonder_names >"$_yonder_home/ignored_vars"
      return
      ;;
    session)
      _yonder_sessions=$((${_yonder_sessions:-0} + 1))
      printf -v "_yonder_session_$_yonder_sessions" %s "$PARALLEL_IGNORED_NAMES"
      PARALLEL_IGNORED_NAMES=$(_yonder_names)
      return
      ;;
    end)
      ((${_yonder_sessions:-0} > 0)) || return 0
      _yonder_state=_yonder_session_$_yonder_sessions
      PARALLEL_IGNORED_NAMES=${!_yonder_state}
      unset "$_yonder_state"
      _yonder_sessions=$((_yonder_sessions - 1))
      return
      ;;
  esac
  _yonder_state=$(mktemp "${TMPDIR:-/tmp}/yonder-shell.XXXXXXXX") || return 255
  _yonder_dump >"$_yonder_state" 2>/dev/null
  YONDER_SHELL_STATE=$_yonder_state command yonder parallel "$@"
  _yonder_status=$?
  ((_yonder_status == 0)) || rm -f -- "$_yonder_state"
  return "$_yonder_status"
}

# parset NAME OPTIONS...: the outputs of parallel as an array, an associative array, or (NAME,NAME...) as variables.
parset() {
  _yonder_parset 'command yonder parallel' "$@"
}

env_parset() {
  _yonder_parset env_parallel "$@"
}

_yonder_parset() {
  local _yonder_run=$1 _yonder_name=$2 _yonder_type=var _yonder_code _yonder_status IFS=$' \t\n'
  (($# < 2)) && { echo 'parset: Error: No destination variable given. Try: parset myarray echo ::: foo bar' >&2; return 255; }
  shift 2
  [[ $(declare -p -- "$_yonder_name" 2>/dev/null) =~ ^declare\ -[[:alpha:]]*A ]] && _yonder_type=assoc
  _yonder_code=$($_yonder_run -k --_parset "$_yonder_type,$_yonder_name" "$@")
  _yonder_status=$?
  # The code returns the status; there is none where the command line was wrong.
  eval "$_yonder_code"
  return "$_yonder_status"
}

# Looks for --env NAME, which says what jobs get; _ is everything but the names of --record-env.
_yonder_scan() {
  while (($#)); do
    case $1 in
      :::*) return ;;
      --record-env) _yonder_action=record ;;
      --session) _yonder_action=session ;;
      --end-session) _yonder_action=end ;;
      --env) shift; _yonder_want "$1" ;;
      --env=*) _yonder_want "${1#--env=}" ;;
    esac
    shift
  done
}

_yonder_want() {
  _yonder_wanted+=$'\n'${1//,/$'\n'}$'\n'
  if [[ $1 == _ ]]; then
    _yonder_ignored+=$'\n'$(cat -- "$_yonder_home/ignored_vars" 2>/dev/null)
    _yonder_all=all-but
  elif [[ $_yonder_all == yes ]]; then
    _yonder_all=no
  fi
}

_yonder_names() {
  compgen -A variable
  compgen -A function
  compgen -A alias
}

_yonder_wants() {
  case $1 in
    _yonder_* | env_parallel | parset | env_parset | PARALLEL_IGNORED_NAMES) return 1 ;;
  esac
  [[ $_yonder_wanted == *$'\n'"$1"$'\n'* ]] && return
  [[ $_yonder_all != no && $'\n'$_yonder_ignored$'\n' != *$'\n'"$1"$'\n'* ]]
}

# Functions come before aliases: the words of their bodies have been expanded once already. Exported variables are
# inherited, and what bash sets itself is none of a job's business.
_yonder_dump() {
  local _yonder_name _yonder_exported
  _yonder_exported=$'\n'$(compgen -e)$'\n'
  shopt -p extglob nullglob failglob globstar dotglob nocaseglob nocasematch
  while IFS= read -r _yonder_name; do
    case $_yonder_name in
      BASH | BASH[O_]* | COMP_* | DIRSTACK | EPOCH* | EUID | FUNCNAME | GROUPS | HIST* | HOSTNAME | HOSTTYPE | LINENO) ;;
      MACHTYPE | OPTARG | OPTERR | OPTIND | OSTYPE | PIPESTATUS | PPID | PS[1-4] | RANDOM | READLINE_* | SECONDS) ;;
      SHELLOPTS | SRANDOM | UID | _) ;;
      *)
        [[ $_yonder_exported == *$'\n'"$_yonder_name"$'\n'* ]] && continue
        _yonder_wants "$_yonder_name" && declare -p -- "$_yonder_name"
        ;;
    esac
  done < <(compgen -A variable)
  while IFS= read -r _yonder_name; do
    _yonder_wants "$_yonder_name" && declare -f -- "$_yonder_name"
  done < <(compgen -A function)
  echo 'shopt -s expand_aliases'
  while IFS= read -r _yonder_name; do
    _yonder_wants "$_yonder_name" && alias -- "$_yonder_name"
  done < <(compgen -A alias)
}
