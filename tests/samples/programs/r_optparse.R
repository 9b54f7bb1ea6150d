#!/usr/bin/env Rscript
# Random forest on the iris data
suppressPackageStartupMessages({
  library(optparse)
  library(randomForest)
})

default_trees <- 500L

option_list <- list(
  make_option(c("-n", "--trees"), type = "integer", default = default_trees,
              help = "Number of trees [default %default]", metavar = "N"),
  make_option(c("-m", "--mtry"), type = "double", default = 0.33, help = "Share of variables to try"),
  make_option("--formula", type = "character", default = "Species ~ .", help = 'Model, as "y ~ x"'),
  make_option(c("-v", "--verbose"), action = "store_true", default = FALSE, help = "Print progress"),
  make_option("--seed", default = 1), # a number without a type
  make_option(c("-o", "--out"), type = "character", help = "Output file")
)
opt <- parse_args(OptionParser(usage = "%prog [options]", option_list = option_list))
set.seed(opt$seed)
