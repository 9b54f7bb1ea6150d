import json

import fire


def train(
    base_model: str = "",  # the only required argument
    data_path: str = "alpaca.json",
    batch_size: int = 128,
    learning_rate: float = 3e-4,
    cutoff_len: int = 256,
    lora_target_modules: list = ["q_proj", "v_proj"],
    train_on_inputs: bool = True,
    group_by_length=False,
    resume_from_checkpoint: str = None,
):
    """Fine-tune with LoRA.

    Args:
        base_model: The model to start from.
        learning_rate: Peak rate.
    """
    assert base_model, "Please specify a --base_model"
    print(json.dumps({"lr": learning_rate}))


if __name__ == "__main__":
    fire.Fire(train)
