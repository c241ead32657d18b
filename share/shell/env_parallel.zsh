# yonder for zsh: env_parallel, parset and env_parset.
# Load it with:  . <(yonder shell-init zsh)
#
# env_parallel is parallel whose jobs know this shell's aliases, functions, arrays and variables, exported or not. They
# are written to a file that each job reads first, so there is no limit to their size. yonder removes the file.

env_parallel() {
  local _yonder_options=$(setopt | grep -x -e extendedglob -e nullglob -e shwordsplit -e ksharrays -e nonomatch)
  emulate -L zsh
  local _yonder_action=run _yonder_all=yes _yonder_state _yonder_status
  local _yonder_home=${PARALLEL_HOME:-$HOME/.parallel}
  local -a _yonder_wanted _yonder_ignored=(${(f)PARALLEL_IGNORED_NAMES})
  _yonder_scan "$@"
  case $_yonder_action in
    record)
      mkdir -p -- $_yonder_home && _yonder_names >$_yonder_home/ignored_vars
      return
      ;;
    session)
      typeset -gi _yonder_sessions=$((${_yonder_sessions:-0} + 1))
      typeset -g _yonder_session_$_yonder_sessions=$PARALLEL_IGNORED_NAMES
      typeset -g PARALLEL_IGNORED_NAMES="$(_yonder_names)"
      return
      ;;
    end)
      ((${_yonder_sessions:-0} > 0)) || return 0
      _yonder_state=_yonder_session_$_yonder_sessions
      typeset -g PARALLEL_IGNORED_NAMES=${(P)_yonder_state}
      unset $_yonder_state
      _yonder_sessions=$((_yonder_sessions - 1))
      return
      ;;
  esac
  _yonder_state=$(mktemp ${TMPDIR:-/tmp}/yonder-shell.XXXXXXXX) || return 255
  _yonder_dump >$_yonder_state 2>/dev/null
  YONDER_SHELL_STATE=$_yonder_state command yonder parallel "$@"
  _yonder_status=$?
  ((_yonder_status == 0)) || rm -f -- $_yonder_state
  return $_yonder_status
}

# parset NAME OPTIONS...: the outputs of parallel as an array, an associative array, or (NAME,NAME...) as variables.
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
  local _yonder_run=$1 _yonder_name=$2 _yonder_type=var _yonder_code _yonder_status
  (($# < 2)) && { echo 'parset: Error: No destination variable given. Try: parset myarray echo ::: foo bar' >&2; return 255 }
  shift 2
  [[ ${(Pt)_yonder_name} == association* ]] 2>/dev/null && _yonder_type=assoc
  _yonder_code=$($_yonder_run -k --_parset "$_yonder_type,$_yonder_name" "$@")
  _yonder_status=$?
  # The code returns the status; there is none where the command line was wrong.
  eval "$_yonder_code"
  return $_yonder_status
}

# Looks for --env NAME, which says what jobs get; _ is everything but the names of --record-env.
_yonder_scan() {
  while (($#)); do
    case $1 in
      :::*) return ;;
      --record-env) _yonder_action=record ;;
      --session) _yonder_action=session ;;
      --end-session) _yonder_action=end ;;
      --env) shift; _yonder_want $1 ;;
      --env=*) _yonder_want ${1#--env=} ;;
    esac
    shift
  done
}

_yonder_want() {
  _yonder_wanted+=(${(s:,:)1})
  if [[ $1 == _ ]]; then
    [[ -r $_yonder_home/ignored_vars ]] && _yonder_ignored+=(${(f)"$(<$_yonder_home/ignored_vars)"})
    _yonder_all=all-but
  elif [[ $_yonder_all == yes ]]; then
    _yonder_all=no
  fi
}

_yonder_names() {
  print -rl -- ${(k)parameters} ${(k)functions} ${(k)aliases} ${(k)galiases}
}

_yonder_wants() {
  case $1 in
    _yonder_* | env_parallel | parset | env_parset | PARALLEL_IGNORED_NAMES) return 1 ;;
  esac
  ((${_yonder_wanted[(Ie)$1]})) && return
  [[ $_yonder_all != no ]] && ! ((${_yonder_ignored[(Ie)$1]}))
}

# Functions come before aliases, so that the words of their bodies are not expanded once more. Exported variables are
# inherited, and what zsh sets itself is none of a job's business.
_yonder_dump() {
  local _yonder_name
  for _yonder_name in ${(f)_yonder_options}; do print -r -- "setopt $_yonder_name"; done
  for _yonder_name in ${(ko)parameters}; do
    case ${parameters[$_yonder_name]} in
      *special* | *local* | scalar*export* | integer*export* | float*export*) ;;
      *) [[ $_yonder_name == [A-Za-z_]* ]] && _yonder_wants $_yonder_name && typeset -p -- $_yonder_name ;;
    esac
  done
  for _yonder_name in ${(ko)functions}; do _yonder_wants $_yonder_name && functions -- $_yonder_name; done
  for _yonder_name in ${(ko)aliases} ${(ko)galiases}; do _yonder_wants $_yonder_name && alias -L -- $_yonder_name; done
}
