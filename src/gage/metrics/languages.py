"""Words that programs print in other languages than English: for metrics, phases, steps and parameters.

Knows words and characters alone. German, French, Spanish, Portuguese, Italian, Dutch, Swedish, Polish, Russian,
Chinese, Japanese and Korean; not their grammar.
"""

import re

_METRIC_CHARACTERS = re.compile(
    "损失|准确|精确|精度|召回|误差|奖励|困惑度|準確|正解率|損失|誤差|再現率|適合率|報酬"
    "|손실|정확도|정밀도|재현율|오차|보상|потер|точност|ошибк"
)
PHASE_WORDS = (
    "prüfung|validierung|testdaten|entraînement|apprentissage|entrenamiento|validación|prueba|treino|validação|teste"
    "|addestramento|validazione|träning|trening|walidacja|обучение|валидация|тест"
    "|训练集?|验证集?|测试集?|訓練|検証|テスト|학습|훈련|검증|테스트"
)
"""Parts of a program, as alternatives of a pattern."""
_EPOCH_WORDS = (
    "epoche|epoka|epoque|époque|epoca|época|эпоха|epok|durchlauf|runde|ronda|rodada|раунд"
    "|轮次|回合|에포크|에폭|エポック"
)
_STEP_WORDS = (
    "schritt|étape|itération|paso|iteración|passo|iteração|iterazione|stap|steg|krok|iteracja|шаг|итерация"
    "|步数|步骤|迭代|ステップ|스텝|반복"
)
# Durchlauf 3 von 5 · Époque: [3/5] · | Época |
_STEP = (
    rf"(?:(?P<epoch>{_EPOCH_WORDS})|(?P<step>{_STEP_WORDS}))(?!\w)"
    r"(?=[\s:=#.]{0,3}[\[(]?\d|\s*[|│┃]|\s{2}|\t)"
    r"(?:(?P<n>[\s:=#.]{0,3}\d+) (?:von|sur|de|di|van|av|из|z) (?=\d))?"
)
_STEP_AT_START = re.compile(rf"(?P<before>[\s\[(|│┃>*#=-]*){_STEP}", re.I)
_ASCII_WORDS = frozenset(
    (
        *("epoche", "epoka", "epoque", "epoca", "epok", "durchlauf", "runde", "ronda", "rodada"),
        *("schritt", "paso", "passo", "iterazione", "stap", "steg", "krok", "iteracja"),
    )
)
"""Those of the words that a line of ASCII may begin with."""
# ö, я, 轮, 스; not a bar of blocks
_LETTER = re.compile(r"[\u00c0-\u052f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_STEP_IN_LINE = re.compile(rf"(?P<before>)(?<!\w){_STEP}", re.I)
LEARNING_RATE = re.compile(
    r"lernrate|taux_d.apprentissage|tasa_de_aprendizaje|taxa_de_aprendizado|tasso_di_apprendimento"
    r"|leersnelheid|inlärningshastighet|скорость_обучения|学习率|学習率|학습률",
    re.I,
)
PARAMETER = re.compile(
    r"(?:.*_)?(?:schichten|neuronen|(?:stapel|batch|fenster)\w*(?:größe|länge)|couches|têtes|abandon|capas|neuronas|lote"
    r"|camadas|neurônios|strati|neuroni|слои|слоев|нейронов|размер_\w+|taille_d\w+.*|tamaño_d\w+.*|tamanho_d\w+.*)"
    r"|.*(?:批大小|批次大小|批量|维度|丢弃率|层数|轮数|种子|权重衰减|隐藏|バッチ|次元|層数|배치|층)\w*",
    re.I,
)
# ：，；（）＝｜％, and letters and digits of the same width
_FULL_WIDTH: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_OTHER_CHARACTERS: dict[int, int | str] = {0x3001: ",", 0x2212: "-", 0xA0: " ", 0x202F: " ", 0x2009: " ", 0x3000: " "}
"""、, the minus sign, and spaces of other widths."""
_TO_ASCII = {**_FULL_WIDTH, **_OTHER_CHARACTERS}
_SEPARATORS = "·•∙▸▪◆●»›❯¦┊┆∣—–➜➤►"
#  · between the values of a line
_SEPARATOR = re.compile(rf"(?<=\S) [{_SEPARATORS}] (?=\S)")
_MAY_BE_REPLACED = re.compile(rf"[\uff01-\uff5e\u3001\u2212\u00a0\u202f\u2009\u3000{_SEPARATORS}]")


def replace_characters(line: str) -> str:
    """Returns a line with ASCII for punctuation of full width, and `|` for dots and dashes between its values."""
    if line.isascii() or not _MAY_BE_REPLACED.search(line):
        return line
    return _SEPARATOR.sub(" | ", line.translate(_TO_ASCII))


def replace_step_words(line: str) -> str:
    """Returns a line with `epoch` and `step` for the words of other languages: at its start, and anywhere if it has
    other characters than ASCII.
    """
    if not line.isascii() and _LETTER.search(line):
        return _STEP_IN_LINE.sub(_translate_step, line)
    word = line.lstrip(" [(|>*#=-")[:12].partition(" ")[0]
    if word.rstrip(":=#.").lower() not in _ASCII_WORDS:
        return line
    match = _STEP_AT_START.match(line)
    return _translate_step(match) + line[match.end() :] if match else line


def _translate_step(match: "re.Match[str]") -> str:
    number = f"{match['n']} of " if match["n"] else ""
    return f"{match['before']}{'epoch' if match['epoch'] else 'step'}{number}"


def has_metric_characters(name: str) -> bool:
    """Returns whether a name has characters that mean a metric."""
    return not name.isascii() and _METRIC_CHARACTERS.search(name.lower()) is not None
