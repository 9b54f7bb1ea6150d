"""Support vector machine on the digits, the sklearn way."""
from argparse import ArgumentParser, ArgumentDefaultsHelpFormatter, FileType

import joblib
from sklearn import datasets, svm


def get_parser():
    p = ArgumentParser(description=__doc__, formatter_class=ArgumentDefaultsHelpFormatter)
    p.add_argument("out", type=FileType("wb"), help="where the model goes")
    p.add_argument("-C", "--penalty", dest="C", type=float, default=1., help="penalty of the error term")
    p.add_argument("--kernel", default="rbf", choices="linear poly rbf sigmoid".split(), help="kind of kernel")
    p.add_argument("--gamma", type=float, default=1 / 64)
    p.add_argument("--test-size", type=float, default=.25, help="share of the data kept for testing")
    p.add_argument("--no-probability", action="store_false", dest="probability")
    return p


def run(argv=None):
    ns = get_parser().parse_args(argv)
    clf = svm.SVC(C=ns.C, kernel=ns.kernel, gamma=ns.gamma)
    digits = datasets.load_digits()
    clf.fit(digits.data, digits.target)
    joblib.dump(clf, ns.out)


if "__main__" == __name__:
    run()
