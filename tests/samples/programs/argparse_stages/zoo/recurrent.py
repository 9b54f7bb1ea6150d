from zoo import kind


@kind("rnn")
class Recurrent:
    @staticmethod
    def options(parser):
        parser.add_argument("--hidden", type=int, help="size of the state")
        parser.add_argument("--tied", action="store_true", help="one table for both ends")
