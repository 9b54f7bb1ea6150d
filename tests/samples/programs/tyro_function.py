import tyro


def main(dataset: str, num_layers: int = 2, keep_prob: float = 0.9, debug: bool = False) -> None:
    """Train a recurrent network.

    Args:
        dataset: Name of the dataset.
        num_layers: How deep it is.
        keep_prob: One minus dropout.
    """
    print(dataset, num_layers)


if __name__ == "__main__":
    tyro.cli(main)
