import configparser
import math

cp = configparser.ConfigParser()
cp.read("hmm.ini")
em = cp["em"]
states = cp.getint("model", "states")
iters = em.getint("iterations")
tol = em.getfloat("tolerance")
ll = -900.0
for i in range(iters):
    new = ll + (-420 - ll) * 0.5 / states * 2
    print(f"EM iteration {i + 1}: log-likelihood = {new:.3f}")
    if abs(new - ll) < tol:
        print("converged")
        break
    ll = new
print("BIC:", round(-2 * ll + states ** 2 * math.log(500), 2))
