import json
import fire


def train(data, lr=0.1, *, layers=(64, 64), name=None, use_bn=True, **kwargs):
    """Train a thing.

    Args:
        data: where the data is
        lr: learning rate
        layers: sizes
        name: a name
        use_bn: use batch norm
    """
    print("JSON:" + json.dumps(dict(data=data, lr=lr, layers=layers, name=name, use_bn=use_bn, kwargs=kwargs), sort_keys=True))


def evaluate(path: str, k: int = 5):
    print("JSON:" + json.dumps(dict(path=path, k=k), sort_keys=True))


if __name__ == "__main__":
    fire.Fire({"train": train, "eval": evaluate})
