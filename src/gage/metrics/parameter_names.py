"""Which names are those of metrics, and which of parameters that programs print beside them.

Knows names alone: not where they are printed or which parameters the program has.
"""

import re
from functools import lru_cache

from gage.metrics import languages
from gage.metrics.output_queue import FOREIGN_METRIC_WORDS, METRIC_WORDS, RESULT_WORDS

# lr · learning_rate · weight_decay · epsilon: may change while a program runs
_SCHEDULED = re.compile(
    r"(?:.*_)?(?:lrs?|lr_?\d+|learn(?:ing)?_rate|weight_decay|wd|momentum|eps|epsilon|alpha|beta|gamma|lambda|"
    r"temperature|sigma|dropout)",
    re.I,
)
# n_layer · num_heads · max_depth · HIDDEN_SIZE · beta1 · loss_weight · warmup_ratio: never a result
_PARAMETER = re.compile(
    r"(?:.*_)?(?:(?:n|num|max|min|use|init|initial|warm_?up|per_device|adam|default|target)_.+"
    r"|[a-z]*(?:size|dim)|(?:batch|dims|dimensions?|decay|dampening|nesterov|interval|seed|random_state|workers|"
    r"coef|coeff|weights?|clip|clipping|"
    r"patience|threshold|thr|thresh|tol|freq|frequency|depth|width|hidden|hiddens|units|embd|channels|filters|kernel|stride|padding|frac|"
    r"dropouts?|heads?|layers?|leaves|estimators|neighbou?rs|clusters|components|folds|splits|degree|capacity|fraction|"
    r"subsample|shuffle|warm_?up|bins|limit|iters?|episodes|epochs|steps|betas?\d*|lr\d*|lrf|power_t|imgsz|bs|eta0?|"
    r"fewshot|shots|hz|codes|level|concurrency|clients|connections)|.*_per_(?:epoch|device|gpu|batch)"
    r"|beta\d|c|k|n|lam|d_model|gae_lambda|l1_ratio|world_size|discount_factor|.*_learn(?:ing)?_rate_.*|"
    r".*_(?:factor|scale|range|prob|ratio|budget|bits))",
    re.I,
)
# rows · features · nodes: counts of data and of models if they are whole numbers
_COUNT = re.compile(
    r"(?:.*_)?(?:rows|columns|cols|samples?(?:_sizes)?|examples|instances|attributes|features|classes|images|words|labels|tokens|users|"
    r"items|nodes|edges|observations|files|documents|docs|params?|parameters|param_count|predictors|variables|bytes|"
    r"threads|processes|devices|cpus|cores|jobs|vocab(?:ulary)?|shape|length|len|total|tree|records|entries|types|tasks|chains|draws|thin|games|oovs|nit|n[fj]ev|evaluations|evals|count|n)",
    re.I,
)
_METRIC_WORDS = (METRIC_WORDS - {"lr", "rate", "learning_rate", "map"}) | RESULT_WORDS | FOREIGN_METRIC_WORDS
# AUC over folds
_TAIL = re.compile(r"(?<=[a-z0-9])_(?:over|across|after|between|within)_.*")
_SHARE_WORDS = frozenset(("fraction", "ratio", "range", "prob"))
"""Last words of parameters that are results behind the word of one: `acceptance_fraction`."""
# DB index · c-index; not class index
_RESULT_INDEX = re.compile(
    r"(?!.*(?:class|process|local|world|rank|batch|sample|gpu|device|fold|label|trial|row|best|start|end))"
    r"(?:.*[^\W_])[ _-]index(?:[ _/-].*)?",
    re.I,
)
_GERMAN_ENDINGS = ("genauigkeit", "verlust", "fehler", "belohnung")
_BETWEEN_WORDS = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=4096)
def has_metric_word(name: str) -> bool:
    """Returns whether a name has a word that only metrics have: `val_loss`, `Test accuracy`, `mean_reward`."""
    words = [word.lower().rstrip("0123456789") or word for word in _BETWEEN_WORDS.split(name) if word]
    whole = {word.lower() for word in _BETWEEN_WORDS.split(name)}
    return (
        bool(_METRIC_WORDS & ({*words} | whole))
        or "mAP" in name
        or languages.has_metric_characters(name)
        or name.lower().endswith(_GERMAN_ENDINGS)
        or _RESULT_INDEX.fullmatch(name) is not None
    )


@lru_cache(maxsize=4096)
def is_scheduled_parameter(name: str) -> bool:
    """Returns whether a name is that of a parameter that may change at each step, as the learning rate does."""
    normal = _normalize(name)
    return bool(_SCHEDULED.fullmatch(normal) or languages.LEARNING_RATE.fullmatch(normal))


@lru_cache(maxsize=4096)
def is_parameter(name: str) -> bool:
    """Returns whether a name is that of a parameter that never changes: `batch_size`, `n_layer`, `loss_weight`."""
    normal = _normalize(name)
    if languages.PARAMETER.fullmatch(normal):
        return True
    if _SCHEDULED.fullmatch(normal) or normal.endswith("loss_scale") or not _PARAMETER.fullmatch(normal):
        return False
    start, _, last_word = normal.rpartition("_")
    if last_word in _SHARE_WORDS and has_metric_word(start):
        return False
    return not (has_metric_word(last_word) or last_word in ("rate", "time"))


def is_metric(name: str) -> bool:
    """Returns whether a name has a word that only metrics have, and is not that of a parameter as `loss_weight`."""
    return has_metric_word(name) and not is_parameter(name)


def is_learning_rate(name: str) -> bool:
    """Returns whether a name is that of a learning rate."""
    return name.lower().rstrip("0123456789").endswith(("lr", "learning_rate"))


@lru_cache(maxsize=4096)
def is_count(name: str) -> bool:
    """Returns whether a name counts what a data set or a model has: `samples`, `vocab`."""
    return _COUNT.fullmatch(_normalize(name)) is not None


def normalize_parameter(name: str) -> str:
    """Returns a name for comparison: `--batch-size`, `batch_size` and `train/batch_size` are the same."""
    return name.rpartition("/")[2].rpartition(".")[2].replace("-", "_").lower()


def _normalize(name: str) -> str:
    """Returns a name for comparison: its last part, lower case, words joined by `_`."""
    return _TAIL.sub("", re.sub(r"[\W]+", "_", name.rpartition("/")[2]).strip("_").lower())
