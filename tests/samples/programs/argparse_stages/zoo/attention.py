from zoo import kind


@kind("attn")
class Attention:
    @staticmethod
    def options(parser):
        parser.add_argument("--heads", type=int, help="how many heads")
