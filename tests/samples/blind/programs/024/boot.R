#!/usr/bin/env Rscript
args <- commandArgs(trailingOnly = TRUE)
defaults <- list(n = 60, B = 300, conf = 0.95, stat = "median", trim = FALSE)
opt <- defaults
for (a in args) {
  kv <- strsplit(sub("^--", "", a), "=")[[1]]
  opt[[kv[1]]] <- type.convert(kv[2], as.is = TRUE)
}
set.seed(99)
x <- rexp(opt$n)
f <- match.fun(opt$stat)
est <- replicate(opt$B, f(sample(x, replace = TRUE)))
ci <- quantile(est, c((1 - opt$conf) / 2, 1 - (1 - opt$conf) / 2))
cat("estimate:", format(f(x), digits = 4), "\n")
cat("std.error:", format(sd(est), digits = 4), "\n")
print(ci)
