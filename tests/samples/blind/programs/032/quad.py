import getopt
import math
import sys

n, a, b, rule, quiet = 64, 0.0, 2.0, "simpson", False
opts, rest = getopt.getopt(sys.argv[1:], "n:a:b:q", ["points=", "from=", "to=", "rule=", "quiet"])
for o, v in opts:
    if o in ("-n", "--points"):
        n = int(v)
    elif o in ("-a", "--from"):
        a = float(v)
    elif o in ("-b", "--to"):
        b = float(v)
    elif o == "--rule":
        rule = v
    elif o in ("-q", "--quiet"):
        quiet = True

exact = math.exp(b) - math.exp(a)
k = 2
while k <= n:
    h = (b - a) / k
    s = math.exp(a) + math.exp(b)
    s += sum((4 if i % 2 else 2) * math.exp(a + i * h) for i in range(1, k))
    print(f"n = {k:4d}   integral = {s * h / 3:.10f}   error = {abs(s * h / 3 - exact):.2e}")
    k *= 2
