from omegaconf import OmegaConf

base = OmegaConf.load("config.yaml")
cli = OmegaConf.from_cli()
cfg = OmegaConf.merge(base, cli)
print(cfg.train.lr)
