from conf import Experiment
from task import solve

exp = Experiment()
exp.optim.lr = 0.3
solve(exp)
