"""pix2pix-like training with options in a package of their own."""
from options.train_options import TrainOptions

if __name__ == "__main__":
    opt = TrainOptions().parse()
    for epoch in range(opt.epoch_count, opt.n_epochs + 1):
        print("epoch", epoch)
