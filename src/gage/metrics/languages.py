"""Words that programs print in languages other than English: for phases, steps and parameters, and characters for
metrics. `output_queue` has the names of metrics.

Knows words of German, French, Spanish, Portuguese, Italian, Dutch, Swedish, Polish, Russian, Chinese, Japanese and
Korean. Does not know the grammar of these languages.
"""

import re

_METRIC_CHARACTERS = re.compile(
    "损失|准确|精确|精度|召回|误差|奖励|困惑度|準確|正解率|損失|誤差|再現率|適合率|報酬"
    "|손실|정확도|정밀도|재현율|오차|보상|потер|точност|ошибк"
)
FOREIGN_PHASE_WORDS = (
    "prüfung|validierung|testdaten|entraînement|apprentissage|entrenamiento|validación|prueba|treino|validação|teste"
    "|addestramento|validazione|träning|trening|walidacja|обучение|валидация|тест"
    "|训练集?|验证集?|测试集?|訓練|検証|テスト|학습|훈련|검증|테스트"
)
"""Words for training, validation and test, as alternatives of a pattern."""
ERROR_WORDS = frozenset(("fehler", "erreur", "errore", "erro", "fout", "fel", "ошибка", "błąd"))
"""Words for an error: of a program before a whole number (`Fehler: 3`), else of a model."""
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
_ASCII_STEP_WORDS = frozenset(word for word in f"{_EPOCH_WORDS}|{_STEP_WORDS}".split("|") if word.isascii())
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
"""The comma `、`, the minus sign, and spaces of other widths."""
_TO_ASCII = {**_FULL_WIDTH, **_OTHER_CHARACTERS}
_SEPARATORS = "·•∙▸▪◆●»›❯¦┊┆∣—–➜➤►"
#  · between the values of a line
_SEPARATOR = re.compile(rf"(?<=\S) [{_SEPARATORS}] (?=\S)")
_MAY_BE_REPLACED = re.compile(f"[{''.join(map(chr, _TO_ASCII))}{_SEPARATORS}]")


def replace_characters(line: str) -> str:
    """Returns a line with ASCII for punctuation of full width, and `|` for dots and dashes between its values."""
    if line.isascii() or not _MAY_BE_REPLACED.search(line):
        return line
    return _SEPARATOR.sub(" | ", line.translate(_TO_ASCII))


def replace_step_words(line: str) -> str:
    """Returns a line with `epoch` and `step` for the words of other languages: at the start of a line, or
    anywhere in a line with letters that English does not have.
    """
    if not line.isascii() and _LETTER.search(line):
        return _STEP_IN_LINE.sub(_translate_step, line)
    word = line.lstrip(" [(|>*#=-")[:12].partition(" ")[0]
    if word.rstrip(":=#.").lower() not in _ASCII_STEP_WORDS:
        return line
    match = _STEP_AT_START.match(line)
    return _translate_step(match) + line[match.end() :] if match else line


def _translate_step(match: "re.Match[str]") -> str:
    number = f"{match['n']} of " if match["n"] else ""
    return f"{match['before']}{'epoch' if match['epoch'] else 'step'}{number}"


def has_metric_characters(name: str) -> bool:
    """Returns whether a name has a Chinese, Japanese, Korean or Russian word (or stem) for a metric."""
    return not name.isascii() and _METRIC_CHARACTERS.search(name.lower()) is not None
