# What the benches share: medians, and numbers for people.

# The median of column `column` of all that was measured of this server; figure[] and count[] hold that.
function median(what, server, column,    n, i, j, value, sorted) {
    n = count[what, server]
    for (i = 1; i <= n; i++) {
        value = figure[what, server, i, column]
        for (j = i - 1; j > 0 && sorted[j] > value; j--) sorted[j + 1] = sorted[j]
        sorted[j + 1] = value
    }
    return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

# Three digits that count; thousands are parted by commas.
function short(value,    unit, text, rest) {
    if (value < 100) return sprintf(value < 10 ? "%.2f" : "%.1f", value)
    unit = 10 ^ (int(log(value) / log(10) + 1e-9) - 2)
    text = sprintf("%.0f", int(value / unit + 0.5) * unit)
    for (rest = ""; length(text) > 3; text = substr(text, 1, length(text) - 3))
        rest = "," substr(text, length(text) - 2) rest
    return text rest
}
