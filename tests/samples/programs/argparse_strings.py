import argparse

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--zip", type=str, default="01234", help="postal code, 100%% text")
    parser.add_argument("--version-tag", default="1e10")
    parser.add_argument("--start", default="1:30", help="minutes:seconds")
    parser.add_argument("--flag-text", default="true")
    parser.add_argument("--ratio", type=float, default="0.5", help="text default of a number")
    parser.add_argument("--legacy", type=bool, default=True, help="the trap")
    parser.add_argument("--offset", type=int, default=-5)
    parser.add_argument("--limit", type=float, default=float("inf"))
    parser.add_argument("--unset", default=None)
    parser.add_argument("-n", type=int, default=1, help="short only")
    args = parser.parse_args()
    print(args)
