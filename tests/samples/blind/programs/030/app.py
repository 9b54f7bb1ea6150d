import config as cfg
from trainer import Trainer


def main():
    Trainer(cfg.GAMMA, cfg.LAMBDA, cfg.EPISODES).fit()


if __name__ == "__main__":
    main()
