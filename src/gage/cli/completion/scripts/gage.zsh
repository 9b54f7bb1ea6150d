#compdef gage
# Completion of gage for zsh, as 'gage completion zsh' prints it.
_gage() {
    local line errors=/dev/null
    local -a closed open
    [[ -n ${GAGE_DEBUG-} ]] && errors=/dev/stderr
    while IFS= read -r line; do
        case $line in
            ($'\001files') _files ;;
            ($'\001folders') _files -/ ;;
            (\=*) open+=("${line#\=}") ;;
            (\+*) closed+=("${line#+}") ;;
        esac
    done < <(_GAGE_COMPLETE=zsh command gage "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>$errors)
    (( $#closed )) && _describe -V gage closed
    (( $#open )) && _describe -V gage open -S ''
    return 0
}
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
    _gage "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
    compdef _gage gage
fi
