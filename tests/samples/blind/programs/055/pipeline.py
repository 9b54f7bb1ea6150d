import sys
from settings import Settings

s = Settings(sys.argv[1] if len(sys.argv) > 1 else "pipeline.cfg")
rows = s.int("extract", "rows", 1000)
err = s.float("clean", "max_error", 0.2)
strat = s.get("clean", "strategy", "drop")
parts = s.int("load", "partitions", 4)
left = rows
for p in range(parts):
    left -= int(rows * err / parts)
    print(f"partition {p}: rows {left}, rejected {rows - left}, strategy {strat}")
print(f"yield = {left / rows:.1%}")
