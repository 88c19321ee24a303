# Figures (case server rate cpu p99 busy load), then cases (size|connections|in flight): tables, and a picture.

BEGIN { cases = 0; rate = 3; cpu = 4; p99 = 5; busy = 6; load = 7 }

FNR == NR {
    n = ++count[$1, $2]
    for (i = 3; i <= 7; i++) figure[$1, $2, n, i] = $i
    next
}
{
    split($0, part, "|")
    size[cases] = part[1] < 1024 ? part[1] " B" : part[1] / 1024 " KiB"
    connections[cases] = part[2]; in_flight[cases] = part[3]
    cases++
}

END {
    print "<!-- Made by `just bench 07`. -->\n"
    print "Measured on " machine ", over loopback, beside echo servers of " fast " and " tungstenite ": medians"
    print "of " rounds " runs of " seconds " s each, by turns. Each server has one thread on one core; the load has another."
    print "× is ours to that of fastwebsockets, and to that of tungstenite.\n"
    table("Messages echoed per second", rate)
    table("CPU time of the server per message (µs), with the kernel's share", cpu)
    table("99 of 100 messages are back within (µs)", p99)
    print "| How busy its core keeps the server, and the load | connections | in flight | fastwebsockets | tungstenite | ours |"
    print "| --- | ---: | ---: | ---: | ---: | ---: |"
    for (i = 0; i < cases; i++)
        printf "| %s | %d | %d | %s | %s | %s |\n", size[i], connections[i], in_flight[i], both(i, "fast"), both(i, "tungstenite"), both(i, "ours")
    draw()
}

function table(caption, column,    i, our, f, t) {
    print "| " caption " | connections | in flight | fastwebsockets | tungstenite | ours | × | × |"
    print "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    for (i = 0; i < cases; i++) {
        our = median(i, "ours", column); f = median(i, "fast", column); t = median(i, "tungstenite", column)
        printf "| %s | %d | %d | %s | %s | %s | %s | %s |\n", size[i], connections[i], in_flight[i],
            short(f), short(t), short(our), short(our / f), short(our / t)
    }
    print ""
}

function both(what, server) {
    return sprintf("%.0f %%, %.0f %%", 100 * median(what, server, busy), 100 * median(what, server, load))
}

# Two bars for each case: CPU time per message, where fastwebsockets takes all of the width.
function draw(    i, y, height, f, our, t) {
    height = 76 + 40 * cases
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 " height "\" role=\"img\" style=\"display:block;width:100%;max-width:600px;height:auto;font-family:inherit\">" > svg
    print "<title>CPU time per message, of what fastwebsockets takes</title>" > svg
    print "<style>.bench-text{fill:currentColor;font-size:12px}.bench-grid{stroke:currentColor;stroke-width:.5;opacity:.4}</style>" > svg
    print "<text class=\"bench-text\" x=\"0\" y=\"15\" font-weight=\"600\">CPU time per message, of what fastwebsockets takes</text>" > svg
    print "<rect style=\"fill:var(--accent, #1d5b8f)\" x=\"0\" y=\"25\" width=\"24\" height=\"10\"/><text class=\"bench-text\" x=\"30\" y=\"34\">ours</text>" > svg
    print "<rect style=\"fill:currentColor;opacity:.35\" x=\"80\" y=\"25\" width=\"24\" height=\"10\"/><text class=\"bench-text\" x=\"110\" y=\"34\">tungstenite</text>" > svg
    for (i = 0; i < cases; i++) {
        y = 56 + 40 * i
        f = median(i, "fast", cpu); our = median(i, "ours", cpu) / f; t = median(i, "tungstenite", cpu) / f
        printf "<text class=\"bench-text\" x=\"0\" y=\"%d\">%s, %d connection%s, %d in flight</text>\n", y, size[i], connections[i], connections[i] == 1 ? "" : "s", in_flight[i] > svg
        printf "<rect style=\"fill:var(--accent, #1d5b8f)\" x=\"0\" y=\"%d\" width=\"%.1f\" height=\"10\"/>\n", y + 4, bar(our) > svg
        printf "<rect style=\"fill:currentColor;opacity:.35\" x=\"0\" y=\"%d\" width=\"%.1f\" height=\"5\"/>\n", y + 15, bar(t) > svg
        printf "<text class=\"bench-text\" x=\"%.1f\" y=\"%d\">%.2f, at %s × its rate</text>\n", widest(200, bar(our), bar(t)) + 8, y + 13, our,
            short(median(i, "ours", rate) / median(i, "fast", rate)) > svg
    }
    printf "<path class=\"bench-grid\" d=\"M200 44V%d\"/>\n<text class=\"bench-text\" x=\"200\" y=\"%d\" text-anchor=\"middle\">fastwebsockets</text>\n</svg>\n", height - 20, height - 6 > svg
}

function bar(share) { return 200 * (share < 1.3 ? share : 1.3) }

function widest(one, two, three) { return one > two ? (one > three ? one : three) : (two > three ? two : three) }
