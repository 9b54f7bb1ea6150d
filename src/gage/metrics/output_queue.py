"""Output that waits to be searched for metrics, and a quick test whether it can hold any.

Knows the names that metrics usually have. Loads quickly, as every run uses it. `output_parser` knows what a line means.
"""

import threading
from collections import deque

MAX_WAITING_BYTES = 16 << 20
"""Output that may wait; of more, the oldest is dropped."""

RESULT_NAMES = (
    "loss|losses|acc|accuracy|top1|top5|f1|auc|auroc|ppl|perplexity|reward|rewards|return|returns|"
    "bleu|rouge|map|miou|iou|mse|rmse|mae|mape|r2|precision|recall|score|error|err|dice|psnr|ssim|fid|wer|cer|nll|elbo|kl|"
    "bpb|bpc|entropy|logloss|error_rate|smape|mase|crps|wape|rmsle|msle|mcc|lpips|chrf|auprc|jaccard|hausdorff|hd95|nrmse|"
    "ndcg|mrr|nats|cider|rougel|map50|ap50|ap75|mota|idf1|hota|ade|fde|epe|eer|der|sdr|sisdr|pesq|stoi"
)
METRIC_WORDS = frozenset((*RESULT_NAMES.split("|"), "lr", "rate", "learning_rate", "grad_norm", "gnorm", "mfu"))
FOREIGN_METRIC_WORDS = frozenset(
    (
        "verlust fehler genauigkeit trefferquote präzision belohnung abweichung bestimmtheitsmaß "
        "perte erreur précision exactitude rappel perplexité récompense justesse coût "
        "pérdida perdida precisión precision exactitud recompensa exhaustividad perplejidad costo "
        "perda acurácia acuracia precisão erro revocação perplexidade "
        "perdita accuratezza errore precisione ricompensa perplessità "
        "verlies nauwkeurigheid fout beloning förlust noggrannhet fel belöning strata dokładność błąd nagroda "
        "потери потеря точность ошибка полнота награда перплексия"
    ).split()
)
"""Names of metrics in languages that write spaces between words. `languages` has the words for everything else."""
RESULT_WORDS = frozenset(
    (
        "value residual residuals likelihood probability kappa inertia energy cost objective regret silhouette "
        "fval rsquared determination aic bic correlation squared statistic similarity "
        "throughput sps success winrate rew ret bestscore besttest fitness hit brier deviance perf performance "
        "acceptance alignment ami ari asd assd ate bandwidth ber bler bouldin brier brisque cagr calinski calmar "
        "chi2 chisq cindex completeness coverage ctr cvr davies distortion divergence dunn ece elo emd ess "
        "evidence evm fdr fnr fpr fps frr gdt gini hat homogeneity ibs iptm jsd kendall kge kid ks latency lddt "
        "makespan mce mdd mmd mos niqe novelty npv nse pbias pearson plddt posterior ppv psi ptm pvalue qps rhat "
        "rho rmsd rpe rps seeps snr sortino spearman speedup sse tnr tpot tpr tre ttft uplift vmaf vmeasure "
        "volatility wape "
        "sensitivity specificity concordance coherence wasserstein modularity purity nmi sharpe drawdown pnl profit"
    ).split()
)
"""Further words that only names of metrics have. Alone before a number they are not read as a metric."""
_PROGRESS_NAMES = (
    "epoch",
    "step",
    "iter",
    "ep",
    "round",
    "episode",
    "it ",
    "gen",
    "sweep",
    "update",
    "tick",
    "cycle",
    "pass",
)
_CONTEXT_WORDS = ("train", "val", "test", "eval", "dev", "oof", "cv", "hold", "objective", "energy", "cost")
"""Words next to which `OutputParser` takes any name for that of a metric."""
# loss: 3 · acc=3 · -> 3 · | 3 | · {"acc": 3} · columns · colours · anything that is not ASCII
_SIGNS = (b":", b"=", b">", b"|", b"{", b"  ", b"\t", b"\x1b", b"+/-", b"+-")
# \xef\xbc begins the digits of full width in UTF-8
_NUMBERS = (*(b"%d" % digit for digit in range(10)), b"nan", b"inf", b"\xef\xbc")


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
        or any(
            name.encode() in text
            for names in (METRIC_WORDS, RESULT_WORDS, FOREIGN_METRIC_WORDS, _PROGRESS_NAMES, _CONTEXT_WORDS)
            for name in names
        )
    )


class OutputQueue:
    """Pieces of output: one thread adds them, another takes them. `skipped_bytes` counts what was dropped."""

    def __init__(self) -> None:
        self.skipped_bytes = 0
        self._pieces: deque[tuple[int, bytes, int]] = deque()
        self._lock = threading.Lock()
        self._waiting_bytes = 0
        self._has_gap = False

    @property
    def is_empty(self) -> bool:
        """Returns whether nothing waits."""
        return not self._pieces

    def put(self, stream: int, data: bytes, when: int) -> None:
        """Adds what the program wrote at `when` (µs since the epoch)."""
        with self._lock:
            self._waiting_bytes += len(data)
            self._pieces.append((stream, data, when))
        self.skip_to(MAX_WAITING_BYTES)

    def take(self) -> tuple[int, bytes, int, bool]:
        """Removes the oldest piece and returns it: stream, data, time, and whether something before it was dropped."""
        with self._lock:
            stream, data, when = self._pieces.popleft()
            self._waiting_bytes -= len(data)
            has_gap, self._has_gap = self._has_gap, False
        return stream, data, when, has_gap

    def skip_to(self, max_bytes: int) -> None:
        """Drops the oldest pieces until at most so many bytes wait."""
        with self._lock:
            while self._waiting_bytes > max_bytes and len(self._pieces) > 1:
                dropped = len(self._pieces.popleft()[1])
                self._waiting_bytes -= dropped
                self.skipped_bytes += dropped
                self._has_gap = True

    def peek_all(self) -> bytes:
        """Returns all that waits."""
        return b"".join(data for _, data, _ in self._pieces)
