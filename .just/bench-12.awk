# The table of bench-12, and a picture of how io_uring compares with the callbacks.

$1 == "memory" { memory[$2] = $6; next }
$1 == "instructions" { instructions[$2] = $3; next }
$1 == "lines" { echo[$2] = $3; below[$2] = $4; next }
{
    count[$1, $2]++
    figure[$1, $2, count[$1, $2], 1] = $3
    seen[$2] = 1
}

function cell(what, server) { return (what, server) in count ? sprintf("%.2f", median(what, server, 1)) : "–" }

function row(label, what,    i, line) {
    line = "| " label " |"
    for (i = 1; i <= 4; i++) line = line " " cell(what, name[i]) " |"
    print line
}

END {
    split("callbacks ours tokio uring", name, " ")
    print "| µs of CPU time per line | callbacks (05) | `async`, ours | `async`, tokio | io_uring |"
    print "| --- | ---: | ---: | ---: | ---: |"
    row("1 connection, 64 bytes", "1|1|64")
    row("50 connections", "50|1|64")
    row("500 connections", "500|1|64")
    row("50 connections, 16 lines at once", "50|16|64")
    row("1 connection, 16 lines at once", "1|16|64")
    row("500 connections, 16 lines at once", "500|16|64")
    row("1 connection, 16 KiB", "1|1|16384")
    row("50 connections, 16 KiB", "50|1|16384")
    row("500 connections, 16 KiB", "500|1|16384")
    line = "| bytes per idle connection |"
    for (i = 1; i <= 4; i++) line = line " " (name[i] in memory ? memory[name[i]] : "–") " |"
    print line
    line = "| own instructions for a line, 50 connections |"
    for (i = 1; i <= 4; i++) line = line " " (name[i] in instructions ? instructions[name[i]] : "–") " |"
    print line
    line = "| lines of code: echo + below it |"
    for (i = 1; i <= 4; i++) line = line " " echo[name[i]] " + " (below[name[i]] == "" ? "tokio" : below[name[i]]) " |"
    print line
    print ""
    printf "(%s; release build, %d rounds of %s s each by turns, medians; %s, %s; one core for the server, one for the load.)\n", machine, rounds, seconds, tokio, uring
    # The picture: io_uring's CPU time as a part of the callbacks'.
    n = split("1|1|64 50|1|64 500|1|64 1|16|64 50|16|64 500|16|64 1|1|16384 50|1|16384 500|1|16384", what, " ")
    split("1 × 64 B;50 × 64 B;500 × 64 B;1 × 16 lines;50 × 16 lines;500 × 16 lines;1 × 16 KiB;50 × 16 KiB;500 × 16 KiB", label, ";")
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 " (46 + 30 * n) "\" role=\"img\" aria-label=\"io_uring's CPU time per line, as a part of the callbacks'\">" > svg
    zero = 150; unit = 240
    printf "<line class=\"wire\" x1=\"%d\" y1=\"24\" x2=\"%d\" y2=\"%d\"/>\n", zero + unit, zero + unit, 30 + 30 * n > svg
    printf "<text x=\"%d\" y=\"16\" text-anchor=\"middle\" class=\"small\">as much as epoll</text>\n", zero + unit > svg
    for (i = 1; i <= n; i++) {
        if (!((what[i], "uring") in count)) continue
        part = median(what[i], "uring", 1) / median(what[i], "callbacks", 1)
        y = 30 + 30 * (i - 1)
        printf "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", zero - 8, y + 16, label[i] > svg
        printf "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"20\"/>\n", part < 1 ? "hue-1" : "hue-4", zero, y, (part > 1.95 ? 1.95 : part) * unit > svg
        printf "<text x=\"632\" y=\"%d\" text-anchor=\"end\">%.2f</text>\n", y + 16, part > svg
    }
    print "</svg>" > svg
}
