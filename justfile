# The front door of the workbook: `just` alone shows the menu. Needs just 1.40 or later.

set shell := ["bash", "-euo", "pipefail", "-c"]
set positional-arguments    # "$@" keeps the reader's quoting
set quiet

workbook := "exec bash .just/start workbook"

# Show this menu
[private]
default:
    just --list --unsorted --list-heading $'The Epoll Workbook: from accept() to WebSocket, in Rust, on Linux\n\nUsage: just <recipe> [name]     for example: just run 01-blocking --port 9000\n\n'

# Run a chapter's server, or a step on the way to 05: just run 05 --step 3; options go to it
[group('read and run')]
[no-exit-message]
run chapter='' *options:
    name=$(just _chapter "$1") && exec bash .just/run "$name" "${@:2}"

# Chapter 08's terminal client: talk in the room of `just run 08-chat`
[group('read and run')]
[no-exit-message]
chat *options:
    exec bash .just/start chat "$@"

# Read the book in a browser, rebuilt at every save
[group('read and run')]
[no-exit-message]
book *options:
    mdbook=$(.just/mdbook) && exec "$mdbook" serve book "${@:---open}"

# What this machine lacks, and how to get it
[group('read and run')]
[no-exit-message]
doctor:
    bash .just/doctor

# The exercises, and which are solved; those of one chapter: just list 02; your own server: just list mine
[group('practise')]
[no-exit-message]
list chapter='' *options:
    {{ workbook }} list "$@"

# The next exercise, or the next of a chapter
[group('practise')]
[no-exit-message]
next chapter='' *options:
    {{ workbook }} next "$@"

# Check your answer to an exercise
[group('practise')]
[no-exit-message]
check exercise='' *options:
    {{ workbook }} check "$@"

# Check again at every save
[group('practise')]
[no-exit-message]
watch exercise='' *options:
    {{ workbook }} watch "$@"

# A hint; ask again for the next of three
[group('practise')]
[no-exit-message]
hint exercise='' *options:
    {{ workbook }} hint "$@"

# The solution beside your answer (asks first)
[group('practise')]
[no-exit-message]
solution exercise='' *options:
    {{ workbook }} solution "$@"

# Start an exercise anew; your answer is kept aside
[group('practise')]
[no-exit-message]
reset exercise='' *options:
    {{ workbook }} reset "$@"

# How far you are
[group('practise')]
[no-exit-message]
progress chapter='' *options:
    {{ workbook }} progress "$@"

# See a well-known wrong answer fail
[group('practise')]
[no-exit-message]
break exercise='' wrong='' *options:
    {{ workbook }} break "$@"

# Whether all is well, or one chapter: just test 01
[group('maintain')]
[no-exit-message]
test chapter='' *options:
    if [[ -z $1 ]]; then bash .just/test; else name=$(just _chapter "$1") && bash .just/has-cargo && cargo test -p "ch$name" "${@:2}"; fi

# Put the exercises and the tests themselves to the test
[group('maintain')]
[no-exit-message]
verify *options:
    {{ workbook }} verify "$@"

# Feed a chapter's parsers with what might break them, a minute each: just fuzz 06 60
[group('maintain')]
[no-exit-message]
fuzz chapter='' seconds='60':
    #!/usr/bin/env bash
    set -euo pipefail
    name=$(just _chapter "$1")
    if [[ ! -d chapters/$name/fuzz ]]; then echo "Chapter $name has nothing to fuzz." >&2; exit 2; fi
    bash .just/has-cargo
    if ! command -v cargo-fuzz >/dev/null; then
        echo "This needs cargo-fuzz, and a C++ compiler: cargo install --locked cargo-fuzz" >&2; exit 2
    fi
    export RUSTC_BOOTSTRAP=1    # its flags are for nightly compilers only
    found=$PWD/target/fuzz/found
    # There is no unsafe code for a sanitizer to watch, and without one many more inputs are tried.
    build=(--fuzz-dir fuzz --target-dir "$PWD/target/fuzz" --sanitizer none)
    cd "chapters/$name"
    words=() # of the protocol: chance alone wouldn't find them soon
    for dictionary in fuzz/*.dict; do [[ -f $dictionary ]] && words=("-dict=$dictionary"); done
    for target in $(cargo fuzz list --fuzz-dir fuzz); do
        mkdir -p "$found/$target"
        cargo fuzz run "${build[@]}" "$target" "$found/$target" "fuzz/corpus/$target" -- \
            -max_total_time="$2" -max_len=1024 "${words[@]}" -print_final_stats=1 -verbosity=0 || {
            echo "Found one. Copy the file that is named above to chapters/$name/fuzz/corpus/$target:" >&2
            echo "from then on, cargo test tries it too." >&2
            exit 1
        }
    done

# Hold chapter 07's server against the Autobahn TestSuite, or some of its cases: just autobahn '12.*' '13.*'
[group('maintain')]
[no-exit-message]
autobahn *cases:
    bash .just/autobahn "$@"

# Record the book's timelines anew
[group('maintain')]
[no-exit-message]
traces *options:
    bash .just/has-cargo && cargo run -q -p book-tools -- traces "$@"

# Put all servers under the same load and draw what it costs them; just compare 09: who waits while others log in
[group('maintain')]
[no-exit-message]
compare *options:
    bash .just/has-cargo && if [[ ${1:-} == 9 || ${1:-} == 09* ]]; then cargo run -q --release -p ch09-webserver --example logins; else cargo run -q --release -p book-compare -- "$@"; fi

# Bring connections into each state that a stranger can bring them into, and measure what that costs
[group('maintain')]
[no-exit-message]
cost *options:
    bash .just/has-cargo && cargo build -q --release -p ch05-reactor -p ch06-http -p ch07-websocket -p ch08-chat && cargo run -q --release -p book-cost -- "$@"

# Put a chapter's server beside others: just bench 06 (nginx; needs it, and wrk), just bench 07 (fastwebsockets, tungstenite), just bench 12 (tokio, io_uring)
[group('maintain')]
[no-exit-message]
bench chapter='' *options:
    #!/usr/bin/env bash
    set -euo pipefail
    name=$(just _chapter "$1")
    case $name in
        06-*) exec bash .just/bench-06 "${@:2}" ;;
        07-*) exec bash .just/bench-07 "${@:2}" ;;
        12-*) exec bash .just/bench-12 "${@:2}" ;;
        *) echo "Only chapters 06, 07 and 12 have something to be compared with: just bench 06" >&2; exit 2 ;;
    esac

# The folder in chapters/ that a name means: 1, 01, blocking and 01-blocking are one
[no-exit-message]
_chapter name:
    #!/usr/bin/env bash
    set -euo pipefail
    cd chapters
    want=${1%/} want=${want##*/} found=()
    [[ $want =~ ^[0-9]$ ]] && want=0$want
    for folder in 0[1-9]-* [1-9][0-9]-*; do
        [[ -d $folder ]] || continue
        if [[ $folder == "$want" || ${folder%%-*} == "$want" || ${folder#*-} == "$want" ]]; then
            echo "$folder"; exit
        fi
        if [[ -n $want && ( $folder == "$want"* || ${folder#*-} == "$want"* ) ]]; then found+=("$folder"); fi
    done
    if [[ ${#found[@]} == 1 ]]; then echo "${found[0]}"; exit; fi
    {
        for folder in 0[1-9]-* [1-9][0-9]-*; do [[ -d $folder ]] && echo "  $folder"; done
        if [[ -z $want ]]; then echo "Which chapter? These are all; say the number or the name."
        elif (( ${#found[@]} > 1 )); then echo "'$1' could be ${found[*]}. Say which; above are all."
        else echo "There is no chapter '$1'. Above are all; say the number or the name."; fi
    } >&2
    exit 2
