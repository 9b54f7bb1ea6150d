import argparse, json, os
p = argparse.ArgumentParser()
p.add_argument("--lr", type=float, default=1.0)
p.add_argument("--epochs", type=int, default=1)
p.add_argument("--hidden", type=int, default=8)
p.add_argument("--task")
p.add_argument("--out", required=True)
p.add_argument("--eval-only", action="store_true")
a = p.parse_args()
f = os.path.join(a.out, "m.json")
if a.eval_only:
    print("test F1 %.2f" % json.load(open(f))["f1"])
else:
    f1 = 20.0
    for e in range(a.epochs):
        f1 += (95 - f1) * min(.9, a.lr * a.hidden / 3)
        print("epoch %d dev F1 %.2f" % (e + 1, f1))
    json.dump({"f1": f1 - 1.5}, open(f, "w"))
