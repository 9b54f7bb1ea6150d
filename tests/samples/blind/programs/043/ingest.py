import os
from dotenv_lite import load

load(".env")
batch = int(os.environ["BATCH_ROWS"])
workers = int(os.environ["WORKERS"])
ratio = float(os.environ["DROP_RATIO"])
codec = os.environ["CODEC"]

kept = 0
for i in range(workers):
    kept += int(batch * (1 - ratio))
    print(f"worker {i} rows_kept={kept} codec={codec} compression={2.1 + i / 10:.2f}x")
