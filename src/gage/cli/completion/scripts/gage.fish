# Completion of gage for fish, as 'gage completion fish' prints it.
function __gage_completion
    set -l words (commandline -opc)
    set -e words[1]
    set -l word (commandline -ct)
    set -l errors /dev/null
    test -n "$GAGE_DEBUG"; and set errors /dev/stderr
    for line in (env _GAGE_COMPLETE=fish gage $words "$word" 2>$errors)
        switch $line
            case \x01files
                __fish_complete_path "$word"
            case \x01folders
                __fish_complete_directories "$word" ''
            case '*'
                printf '%s\n' $line
        end
    end
end
complete -c gage -f -k -a '(__gage_completion)'
