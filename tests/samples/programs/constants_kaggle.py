# Kaggle: gradient boosting with folds, no parser at all
import gc
import warnings

import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold

warnings.filterwarnings("ignore")

SEED = 2023
N_FOLDS = 5
LR = 0.02
NUM_LEAVES = 2 ** 6 - 1
TARGET = "default_payment"
DROP: list = ["id", "name"]
USE_GPU = False
SUBSAMPLE, COLSAMPLE = 0.8, 0.6
params = {
    "objective": "binary",
    "metric": "auc",
    "learning_rate": LR,
    "min_child_samples": 40,
    "verbose": -1,
}

train = pd.read_csv("train.csv")
oof = np.zeros(len(train))
scores = []
best = 0.0

skf = StratifiedKFold(n_splits=N_FOLDS, shuffle=True, random_state=SEED)
for fold, (trn, val) in enumerate(skf.split(train, train[TARGET])):
    model = lgb.train(params, lgb.Dataset(train.iloc[trn]))
    score = 0.5
    scores.append(score)
    best = max(best, score)
    del model
    gc.collect()
print("cv:", np.mean(scores))
