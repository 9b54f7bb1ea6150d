"""Options that may stand in a file."""
import configargparse


def options():
    parser = configargparse.ArgumentParser()
    parser.add_argument("--settings", is_config_file=True, help="file with settings")
    parser.add_argument("--name", type=str, required=True, help="of the experiment")
    parser.add("--depth", type=int, default=8, help="layers")
    parser.add_argument("--rays", type=int, default=32 * 32 * 4, help="in one batch")
    parser.add_argument("--rate", type=float, default=5e-4, env_var="RATE_OF_LEARNING", help="learning rate")
    parser.add_argument("--white", action="store_true")
    return parser


if __name__ == "__main__":
    print(options().parse_args())
