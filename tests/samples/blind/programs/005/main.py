from cli import parse
from engine import run

if __name__ == "__main__":
    opts = parse()
    run(opts)
