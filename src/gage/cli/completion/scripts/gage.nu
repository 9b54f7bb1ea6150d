# Completion of gage for nushell 0.108 or newer, as 'gage completion nushell' prints it.
def "nu-complete gage" [spans: list<string>] {
    let lines = (with-env {_GAGE_COMPLETE: nushell} { ^gage ...($spans | skip 1) } | complete | get stdout | lines)
    if ($lines | any {|line| $line starts-with (char -i 1) }) { return null }
    $lines | each {|line|
        let parts = ($line | split row -n 2 (char tab))
        {value: $parts.0, description: ($parts | get -o 1 | default "")}
    }
}

@complete "nu-complete gage"
extern gage [...args]
