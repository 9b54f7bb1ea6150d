"""A config of many groups, beside the sources."""
import hydra


@hydra.main(version_base="1.3", config_path="../conf", config_name="main")
def main(config):
    print(config)


if __name__ == "__main__":
    main()
