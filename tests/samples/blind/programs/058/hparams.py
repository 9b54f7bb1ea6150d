seed = 5
n_epochs = 6
lr_encoder = 2e-2
lr_decoder = 1e-3
label_smoothing = 0.1
spec_augment = True
units = "bpe"
