# Logistic growth, fitted by gradient descent
n_obs     <- 40
rate      <- 0.8
capacity  <- 12
step_size <- 0.002
n_iter    <- 400
method    <- "gd"
set.seed(5)

t <- seq(0, 10, length.out = n_obs)
y <- capacity / (1 + 20 * exp(-rate * t)) + rnorm(n_obs, sd = 0.2)
r <- 0.5
for (i in seq_len(n_iter)) {
  f   <- function(r) mean((y - capacity / (1 + 20 * exp(-r * t)))^2)
  g   <- (f(r + 1e-5) - f(r - 1e-5)) / 2e-5
  r   <- r - step_size * g
  if (i %% 100 == 0) cat(sprintf("iter %d  mse %.5f  r %.4f\n", i, f(r), r))
}
