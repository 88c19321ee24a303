# Figures (what server rate cpu p99 busy wrk), then cases (name|path|connections|script): a table, and a picture.

BEGIN { cases = 0 }

FNR == NR {
    n = ++count[$1, $2]
    for (i = 3; i <= 7; i++) figure[$1, $2, n, i] = $i
    next
}
{
    split($0, part, "|")
    name[cases] = part[1]; connections[cases] = part[3]; deep[cases] = part[4] != ""
    cases++
}

END {
    print "<!-- Made by `just bench 06`. -->\n"
    print "Measured on " machine ", over loopback, beside " nginx ": medians of " rounds " runs of " seconds " s each, by turns."
    print "Each server has one process on one core; wrk has another. CPU time is the server's, with the kernel's share."
    print "*Busy* is how much of the time the server and wrk have run, in percent: whoever runs all the time bounds the rate.\n"
    print "| what | connections | nginx /s | ours /s | × | nginx CPU µs | ours CPU µs | × | nginx p99 ms | ours p99 ms | nginx, wrk busy | ours, wrk busy |"
    print "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for (i = 0; i < cases; i++) {
        for (c = 3; c <= 7; c++) { our[c] = median(i, "ours", c); their[c] = median(i, "nginx", c) }
        rate[i] = our[3] / their[3]; share[i] = our[4] / their[4]
        # wrk takes no time of a request that is sent with others.
        late = deep[i] ? "– | –" : short(their[5]) " | " short(our[5])
        printf "| %s | %d | %s | %s | %s | %s | %s | %.2f | %s | %.0f, %.0f | %.0f, %.0f |\n", name[i], connections[i],
            short(their[3]), short(our[3]), short(rate[i]), short(their[4]), short(our[4]), share[i], late,
            their[6], their[7], our[6], our[7]
    }
    draw()
}

# A bar for each case: CPU time per request, where nginx takes all of the width.
function draw(    i, y, width, height) {
    height = 58 + 34 * cases
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 360 " height "\" role=\"img\" style=\"display:block;width:100%;max-width:560px;height:auto;font-family:inherit\">" > svg
    print "<title>CPU time per request, of what nginx takes</title>" > svg
    print "<style>.bench-text{fill:currentColor;font-size:12px}.bench-grid{stroke:currentColor;stroke-width:.5;opacity:.4}</style>" > svg
    print "<text class=\"bench-text\" x=\"0\" y=\"15\" font-weight=\"600\">CPU time per request, of what nginx takes</text>" > svg
    for (i = 0; i < cases; i++) {
        y = 34 + 34 * i
        width = 200 * (share[i] < 1.2 ? share[i] : 1.2)
        printf "<text class=\"bench-text\" x=\"0\" y=\"%d\">%s, %d connection%s</text>\n", y, name[i], connections[i], connections[i] == 1 ? "" : "s" > svg
        printf "<rect style=\"fill:var(--accent, #1d5b8f)\" x=\"0\" y=\"%d\" width=\"%.1f\" height=\"10\"/>\n", y + 4, width > svg
        printf "<text class=\"bench-text\" x=\"%.1f\" y=\"%d\">%.2f, at %s × its rate</text>\n", (width > 200 ? width : 200) + 8, y + 13, share[i], short(rate[i]) > svg
    }
    printf "<path class=\"bench-grid\" d=\"M200 24V%d\"/>\n<text class=\"bench-text\" x=\"200\" y=\"%d\" text-anchor=\"middle\">nginx</text>\n</svg>\n", height - 20, height - 6 > svg
}
