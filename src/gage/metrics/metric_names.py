"""The names that metrics usually have, and a quick test whether output can hold metrics at all.

Knows words and signs only. Loads quickly, as every run uses it. What a line means is the
business of `output_parser`.
"""

RESULT_NAMES = (
    "loss|losses|acc|accuracy|top1|top5|f1|auc|auroc|ppl|perplexity|reward|rewards|return|returns|"
    "bleu|rouge|map|miou|iou|mse|rmse|mae|mape|r2|precision|recall|score|error|err|dice|psnr|ssim|fid|wer|cer|nll|elbo|kl|"
    "bpb|bpc|entropy|logloss|error_rate"
)
METRIC_WORDS = frozenset((*RESULT_NAMES.split("|"), "lr", "rate", "learning_rate", "grad_norm", "gnorm", "mfu"))
_PROGRESS_NAMES = ("epoch", "step", "iter", "ep", "round", "episode")
# loss: 3 · acc=3 · -> 3 · | 3 | · {"acc": 3} · columns · colours · anything that is not ASCII
_SIGNS = (b":", b"=", b">", b"|", b"{", b"  ", b"\t", b"\x1b")
_NUMBERS = (*(b"%d" % digit for digit in range(10)), b"nan", b"inf")


def can_have_metrics(output: bytes) -> bool:
    """Returns whether a whole output can hold metrics: it has a number, and a sign or a name that goes with it.

    False only if `OutputParser` would find nothing without patterns.
    """
    text = output.lower()
    if not any(number in text for number in _NUMBERS):
        return False
    return (
        not text.isascii()
        or any(sign in text for sign in _SIGNS)
        or any(name.encode() in text for name in (*METRIC_WORDS, *_PROGRESS_NAMES))
    )
