import argparse


class MyParser(argparse.ArgumentParser):
    """A parser with options of its own."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_argument("--log-level", default="INFO", choices=["DEBUG", "INFO", "WARNING"], help="how much to say")
        self.register("type", "bool", lambda v: v.lower() in ("true", "1"))

    def add_model(self, default):
        self.add_argument("--model", default=default, help="which model")
        return self


def main() -> None:
    parser = MyParser(description="x").add_model("bert")
    parser.add_argument("--do-train", type="bool", default=False)
    parser.add_argument("--max-len", type=int, default=512)
    args = parser.parse_args()
    print(args)


main()
