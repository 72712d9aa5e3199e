# fish completion of manyoyo: a file in its completions folder, or: manyoyo completion fish | source
function __manyoyo_complete
    set -l before (commandline -opc)
    set -l word (commandline -ct | string collect)
    set -l bare (string replace -r '^[\'"]' '' -- $word | string collect)
    set -l skip ''
    for line in (BUN_JSC_useJIT=0 command manyoyo complete -- $before[2..] "$bare" 2>/dev/null)
        switch $line
            case ':skip *'
                set skip (string sub -l (string sub -s 7 -- $line) -- $bare)
            case ':files' ':dirs'
                set -l value (string sub -s (math 1 + (string length -- "$skip")) -- "$word" | string collect)
                for path in (complete -C "'' $value")
                    test $line = :files; or string match -q '*/' -- (string split -f1 \t -- $path); or continue
                    printf '%s\n' $skip$path
                end
            case ':command *'
                set -l at (math 2 + (string sub -s 10 -- $line))
                complete -C (string join ' ' -- (string escape -- $before[$at..]) "$word" | string collect)
            case ':*'
            case '*'
                printf '%s\n' $skip$line
        end
    end
end
complete -c manyoyo -f -k -a '(__manyoyo_complete)'
