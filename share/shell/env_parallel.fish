# yonder for fish: env_parallel.
# Load it with:  yonder shell-init fish | source
#
# env_parallel is parallel whose jobs know this shell's functions (aliases are functions) and variables, exported or not.
# They are written to a file that each job reads first, so there is no limit to their size. yonder removes the file.

function env_parallel
    set -l home $HOME/.parallel
    set -q PARALLEL_HOME; and set home $PARALLEL_HOME
    set -l wanted
    set -l ignored $PARALLEL_IGNORED_NAMES
    set -l all yes
    set -l previous
    for word in $argv
        switch $word
            case ':::*'
                break
            case --record-env
                mkdir -p $home; and _yonder_names >$home/ignored_vars
                return
            case --session
                set -g _yonder_sessions $_yonder_sessions x
                set -g _yonder_session_(count $_yonder_sessions) $PARALLEL_IGNORED_NAMES
                set -g PARALLEL_IGNORED_NAMES (_yonder_names)
                return
            case --end-session
                set -q _yonder_sessions[1]; or return 0
                set -l saved _yonder_session_(count $_yonder_sessions)
                set -g PARALLEL_IGNORED_NAMES $$saved
                set -e $saved
                set -e _yonder_sessions[-1]
                return
        end
        set -l names
        test "$previous" = --env; and set names (string split , -- $word)
        string match -q -- '--env=*' $word; and set names (string split , -- (string replace -- --env= '' $word))
        if contains -- _ $names
            test -r $home/ignored_vars; and set ignored $ignored (cat $home/ignored_vars)
            set all all-but
        else if set -q names[1]; and test $all = yes
            set all no
        end
        set wanted $wanted $names
        set previous $word
    end
    set -l directory /tmp
    set -q TMPDIR; and set directory $TMPDIR
    set -l state (mktemp $directory/yonder-shell.XXXXXXXX); or return 255
    for name in (_yonder_names)
        switch $name
            case '_yonder_*' env_parallel PARALLEL_IGNORED_NAMES
                continue
        end
        if not contains -- $name $wanted
            test $all = no; and continue
            contains -- $name $ignored; and continue
        end
        _yonder_definition $name
    end >$state 2>/dev/null
    YONDER_SHELL_STATE=$state command yonder parallel $argv
    set -l code $status
    test $code -eq 0; or rm -f -- $state
    return $code
end

function _yonder_names
    set --global --unexport --names
    set --universal --unexport --names
    functions --names | string replace -a , \n | string trim
end

# What fish brings itself is there in each job.
function _yonder_definition --argument-names name
    if functions -q -- $name
        string match -q -- "$__fish_data_dir/*" (functions --details -- $name); or functions -- $name
    end
    switch $name
        case __fish_\* fish_\* FISH_VERSION version history umask 'status*' pipestatus hostname \
            argv _ EUID COLUMNS LINES CMD_DURATION
            return
    end
    set -q $name; and echo set --global $name (string escape -- $$name)
end
