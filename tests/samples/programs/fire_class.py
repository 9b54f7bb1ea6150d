import fire


class Pipeline:
    """Steps of an experiment."""

    def __init__(self, root="runs", seed=0):
        self.root = root
        self.seed = seed

    def train(self, lr=0.1, epochs=3):
        print("train", lr, epochs)

    def evaluate(self, checkpoint, *, metric: str = "auc"):
        print("evaluate", checkpoint)

    def _secret(self):
        pass


def main():
    fire.Fire(Pipeline)


if __name__ == "__main__":
    main()
