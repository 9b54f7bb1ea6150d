# Completion of gage for bash, as 'gage completion bash' prints it.
_gage_completion() {
    local line errors=/dev/null
    [[ -n ${GAGE_DEBUG-} ]] && errors=/dev/stderr
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            $'\001files') compopt -o default 2>/dev/null ;;
            $'\001folders') compopt -o dirnames 2>/dev/null ;;
            $'\001open') compopt -o nospace 2>/dev/null ;;
            *) COMPREPLY[${#COMPREPLY[@]}]=$line ;;
        esac
    done < <(_GAGE_COMPLETE=bash command gage \
        "${COMP_LINE:0:$COMP_POINT}" "$2" "${COMP_TYPE-}" "${COLUMNS-}" "$COMP_WORDBREAKS" 2>"$errors")
}
complete -o nosort -F _gage_completion gage 2>/dev/null || complete -F _gage_completion gage
